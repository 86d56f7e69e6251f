import type { LogLevel } from '../../model/wire.ts';
import type { Overlay, PaneId } from './pane-id.ts';

/** What a person has done to the screen: where they are, how far they have scrolled, what they filter by. Nothing of the run. */
export interface TuiState {
  readonly focus: PaneId;
  /** The focused pane has the whole screen. */
  readonly zoomed: boolean;
  readonly overlay?: Overlay;
  /** Position of the chosen peer. */
  readonly cursor: number;
  /** First row that is shown, of panes that were scrolled by hand; the others follow what happens. */
  readonly tops: { readonly [Pane in Scrolled]?: number };
  readonly log: LogState;
  /** The text filter is being typed. */
  readonly typing: boolean;
}

/** What scrolls row by row. The log scrolls by its lines, and peers by their chosen one. */
export type Scrolled = Exclude<PaneId, 'log'> | Overlay;

export interface LogState extends LogFilter {
  /** Position of the line below the last one shown; missing: it follows. */
  readonly end?: number;
  /** Columns that are cut off at the left. */
  readonly shift: number;
}

/** Which log lines are shown. */
export interface LogFilter {
  /** This level and graver ones. */
  readonly level: LogLevel;
  /** One peer's; empty: of all that `peers` says. */
  readonly peer: string;
  /** Those that hold this text, whatever its case; empty: all. */
  readonly text: string;
  /** Only these, whatever else is asked for; empty: all. Given at the start. */
  readonly peers: readonly string[];
}

/** The screen as it is first shown. */
export function firstState(filter: Pick<LogFilter, 'level' | 'peers'>): TuiState {
  return {
    focus: 'peers',
    zoomed: false,
    cursor: 0,
    tops: {},
    log: { ...filter, peer: '', text: '', shift: 0 },
    typing: false,
  };
}
