import type { PaneId } from './pane-id.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A place on the screen, in cells from its upper left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything stands. */
export interface Layout {
  /** `split`: all panes at once, each under its own heading. `single`: one pane, under a row of tabs. */
  readonly kind: 'split' | 'single';
  readonly headerRows: number;
  readonly footerRows: number;
  /** Panes that are drawn, headings included. */
  readonly places: ReadonlyMap<PaneId, Rect>;
  /** Lines between panes that stand side by side. */
  readonly rules: readonly Rect[];
  /** Between header and footer: where an overlay goes. */
  readonly body: Rect;
}

/** What is to be shown: how many rows each pane could use, its heading not counted; panes without an entry are not there. */
export type Wanted = ReadonlyMap<PaneId, number>;

const SPLIT = { columns: 72, rows: 18 } as const;
/** From this width on, the expectations have a column of their own. */
const THREE_COLUMNS = 150;
/** A heading and a row or two: less says nothing. */
const LEAST_PANE = 3;

/** The places of all panes on a screen of this size, or of the one that is shown on a small one. */
export function layOutScreen(size: Size, wanted: Wanted, shown: PaneId, zoomed: boolean): Layout {
  const { columns, rows } = size;
  const headerRows = Math.min(2, Math.max(1, rows - 3));
  const footerRows = rows >= 4 ? 1 : 0;
  const body = { x: 0, y: headerRows, width: columns, height: Math.max(0, rows - headerRows - footerRows) };
  const frame = { headerRows, footerRows, body };
  if (zoomed || columns < SPLIT.columns || rows < SPLIT.rows) {
    const place = { ...body, y: body.y + 1, height: Math.max(0, body.height - 1) };
    return { kind: 'single', ...frame, places: new Map([[shown, place]]), rules: [] };
  }
  const topRows = Math.max(LEAST_PANE * 2, Math.round(body.height * (rows >= 40 ? 0.55 : 0.5)));
  const top = { ...body, height: topRows };
  const log = { ...body, y: body.y + topRows, height: body.height - topRows };
  const split = columns >= THREE_COLUMNS && wanted.has('expectations') ? threeColumns : twoColumns;
  const { places, rules } = split(top, wanted);
  return { kind: 'split', ...frame, places: new Map([...places, ['log', log]]), rules };
}

type Columns = Pick<Layout, 'rules'> & { readonly places: readonly (readonly [PaneId, Rect])[] };

function twoColumns(top: Rect, wanted: Wanted): Columns {
  const [left, rule, right] = cut(top, Math.floor(top.width * (isCrowd(top, wanted) ? 0.54 : 0.44)));
  return { places: [['peers', left], ...stack(right, wanted, ['steps', 'timeline', 'expectations'])], rules: [rule] };
}

function threeColumns(top: Rect, wanted: Wanted): Columns {
  const [left, firstRule, others] = cut(top, Math.floor(top.width * (isCrowd(top, wanted) ? 0.43 : 0.34)));
  const [middle, secondRule, right] = cut(others, Math.floor(others.width * 0.52));
  return {
    places: [['peers', left], ...stack(middle, wanted, ['steps', 'timeline']), ['expectations', right]],
    rules: [firstRule, secondRule],
  };
}

/** So many peers that a wider grid is worth more than the ends of lines beside it. */
const isCrowd = (top: Rect, wanted: Wanted): boolean => (wanted.get('peers') ?? 0) > 2 * top.height;

function cut(rect: Rect, width: number): readonly [Rect, Rect, Rect] {
  return [
    { ...rect, width },
    { ...rect, x: rect.x + width, width: 1 },
    { ...rect, x: rect.x + width + 1, width: rect.width - width - 1 },
  ];
}

/** Panes one above the other. The timeline takes what is left; the others get what they want, up to their share. */
function stack(rect: Rect, wanted: Wanted, ids: readonly PaneId[]): readonly (readonly [PaneId, Rect])[] {
  const there = ids.filter((id) => wanted.has(id));
  const share = Math.floor(rect.height / there.length);
  let heights = there.map((id) =>
    id === 'timeline' ? 0 : Math.max(LEAST_PANE, Math.min((wanted.get(id) ?? 0) + 1, share)),
  );
  const left = rect.height - heights.reduce((sum, height) => sum + height, 0);
  heights = heights.map((height) => (height === 0 ? left : height));
  let { y } = rect;
  return there.map((id, index) => {
    const height = heights[index] ?? 0;
    const place = { ...rect, y, height };
    y += height;
    return [id, place] as const;
  });
}
