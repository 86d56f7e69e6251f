/** The whole screen as data: facts of the run, what a person did, and the size, folded into one picture. Pure. */
import { cutEnd } from '../fit-text.ts';
import type { Marks } from '../marks.ts';
import type { Frame, FramePane } from './frame.ts';
import { layOutScreen, type Rect, type Size } from './layout.ts';
import { type Line, lineWidth } from './line.ts';
import type { LogMatches } from './log-matches.ts';
import type { Overlay, PaneId } from './pane-id.ts';
import { expectationsPane } from './panes/expectations-pane.ts';
import { footer } from './panes/footer.ts';
import { header } from './panes/header.ts';
import { logPane } from './panes/log-pane.ts';
import { helpOverlay, noticesOverlay } from './panes/overlays.ts';
import type { PaneInput, PaneView } from './panes/pane-view.ts';
import { peersPane } from './panes/peers-pane.ts';
import { stepsPane } from './panes/steps-pane.ts';
import { timelinePane } from './panes/timeline-pane.ts';
import { panesOf } from './panes-of.ts';
import { NO_SCROLL, type Scene } from './scene.ts';
import type { TuiFacts } from './tui-model.ts';
import type { TuiState } from './tui-state.ts';

export interface FrameInput {
  readonly facts: TuiFacts;
  readonly state: TuiState;
  readonly matches: LogMatches;
  readonly size: Size;
  readonly marks: Marks;
  /** Milliseconds since the run began. */
  readonly nowMs: number;
  /** What `q` does. */
  readonly quits: 'stop' | 'leave';
  /** Nothing more will be heard of the run. */
  readonly over: boolean;
}

/** The picture, and what the next key has to know of it. */
export function buildFrame(input: FrameInput): { readonly frame: Frame; readonly scene: Scene } {
  const { facts, state, size, marks, nowMs } = input;
  const panes = panesOf(facts);
  const { focus } = state;
  const layout = layOutScreen(size, wantedRows(panes, facts), focus, state.zoomed);
  const single = layout.kind === 'single';
  const headingRows = single ? 0 : 1;
  const views = new Map<PaneId, PaneView>();
  const drawn: FramePane[] = [];
  let grid: Scene['grid'] = { peers: facts.peers.map(({ peer }) => peer), columns: 1, rows: 0 };
  for (const [id, rect] of layout.places) {
    const focused = id === focus;
    const paneInput: PaneInput = {
      ...input,
      width: rect.width,
      height: Math.max(0, rect.height - headingRows),
      focused,
    };
    const view = viewOf(id, paneInput, input.matches);
    if (view.columns !== undefined) grid = { ...grid, columns: view.columns, rows: view.range.rows };
    views.set(id, view);
    const heading = single ? {} : { heading: headingLine(view, focused, rect.width, marks) };
    drawn.push({ id, rect, focused, ...heading, lines: view.lines });
  }
  const overlay = state.overlay === undefined ? undefined : overlayOf(state.overlay, layout.body, input);
  const scene: Scene = {
    panes,
    scrolls: {
      peers: rangeOf('peers'),
      steps: rangeOf('steps'),
      timeline: rangeOf('timeline'),
      expectations: rangeOf('expectations'),
      help: state.overlay === 'help' && overlay !== undefined ? overlay.view.range : NO_SCROLL,
      notices: state.overlay === 'notices' && overlay !== undefined ? overlay.view.range : NO_SCROLL,
    },
    grid,
    log: { first: input.matches.first, end: input.matches.end, rows: views.get('log')?.range.rows ?? 1 },
  };
  const tabs = single && overlay === undefined ? { tabs: tabLine(panes, focus, views.get(focus), size, marks) } : {};
  const frame: Frame = {
    size,
    header: header({ facts, marks, nowMs, width: size.columns, rows: layout.headerRows }),
    ...tabs,
    panes: overlay === undefined ? drawn : [overlay.pane],
    rules: overlay === undefined ? layout.rules : [],
    footer: layout.footerRows === 0 ? [] : [footer({ ...input, run: facts.run, width: size.columns })],
  };
  return { frame, scene };

  function rangeOf(id: PaneId) {
    return views.get(id)?.range ?? NO_SCROLL;
  }
}

function wantedRows(panes: readonly PaneId[], facts: TuiFacts): ReadonlyMap<PaneId, number> {
  const rows: Readonly<Record<PaneId, number>> = {
    peers: facts.peers.length,
    steps: facts.steps?.places.reduce((sum, place) => sum + place.rows.length, 0) ?? 0,
    timeline: facts.commands.length,
    expectations: facts.expectations.length + facts.run.rules.filter(({ outcome }) => outcome !== 'met').length,
    log: facts.run.logs.length,
  };
  return new Map(panes.map((pane) => [pane, rows[pane]]));
}

function viewOf(id: PaneId, input: PaneInput, matches: LogMatches): PaneView {
  switch (id) {
    case 'peers':
      return peersPane(input);
    case 'steps':
      return stepsPane(input);
    case 'timeline':
      return timelinePane(input);
    case 'expectations':
      return expectationsPane(input);
    case 'log':
      return logPane(input, matches);
  }
}

function overlayOf(
  overlay: Overlay,
  rect: Rect,
  input: FrameInput,
): { readonly pane: FramePane; readonly view: PaneView } {
  const paneInput: PaneInput = { ...input, width: rect.width, height: Math.max(0, rect.height - 1), focused: true };
  const view = overlay === 'help' ? helpOverlay(paneInput, input.quits) : noticesOverlay(paneInput);
  const heading = headingLine(view, true, rect.width, input.marks);
  return { view, pane: { id: overlay, rect, focused: true, heading, lines: view.lines } };
}

/** `▸ Peers  5 alive ─────`: the sign says which pane the keys go to. */
function headingLine({ title, note }: PaneView, focused: boolean, width: number, marks: Marks): Line {
  const begin: Line = [
    { text: focused ? `${marks.sent} ` : '  ', tone: 'sent' },
    { text: title, tone: 'strong', inverse: focused },
    { text: ` ${note} `, tone: 'quiet' },
  ];
  return [...begin, { text: marks.line.repeat(Math.max(0, width - lineWidth(begin))), tone: 'quiet' }];
}

const TAB_WORDS: Readonly<Record<PaneId, string>> = {
  peers: 'Peers',
  steps: 'Steps',
  timeline: 'Time',
  expectations: 'Expect',
  log: 'Log',
};

/** `[Peers] Time  Expect  Log    5 alive`. */
function tabLine(
  panes: readonly PaneId[],
  focus: PaneId,
  view: PaneView | undefined,
  size: Size,
  { ellipsis }: Marks,
): Line {
  const tabs = panes.flatMap((id): Line => {
    const word = TAB_WORDS[id];
    return id === focus
      ? [{ text: `[${word}]`, tone: 'strong', inverse: true }]
      : [{ text: ` ${word} `, tone: 'quiet' }];
  });
  const note = view?.note ?? '';
  const room = size.columns - lineWidth(tabs) - 2;
  return room < 6 || note === ''
    ? tabs
    : [...tabs, { text: '  ' }, { text: cutEnd(note, room, ellipsis), tone: 'quiet' }];
}
