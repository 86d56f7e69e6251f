import type { PaneId } from './pane-id.ts';
import type { Scrolled } from './tui-state.ts';

/** What is on the screen right now, as far as a key has to know it. */
export interface Scene {
  /** Panes that can be gone to, in their order. */
  readonly panes: readonly PaneId[];
  readonly scrolls: { readonly [Pane in Scrolled]: ScrollRange };
  readonly grid: { readonly peers: readonly string[]; readonly columns: number; readonly rows: number };
  readonly log: { readonly first: number; readonly end: number; readonly rows: number };
}

/** How far a pane can be scrolled. */
export interface ScrollRange {
  /** Of all that it has to show. */
  readonly count: number;
  /** That it shows at a time. */
  readonly rows: number;
  /** The first row that it shows. */
  readonly top: number;
}

export const NO_SCROLL: ScrollRange = { count: 0, rows: 0, top: 0 };

/** The last row that can be the first one shown. */
export const lastTop = ({ count, rows }: Pick<ScrollRange, 'count' | 'rows'>): number => Math.max(0, count - rows);

/** A first row that can be shown: what was asked for or, unless it was, what follows by itself. */
export function topOf(
  asked: number | undefined,
  automatic: number,
  range: Pick<ScrollRange, 'count' | 'rows'>,
): number {
  return Math.max(0, Math.min(asked ?? automatic, lastTop(range)));
}
