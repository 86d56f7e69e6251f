import type { Marks } from '../../marks.ts';
import type { Line } from '../line.ts';
import type { ScrollRange } from '../scene.ts';
import type { TuiFacts } from '../tui-model.ts';
import type { TuiState } from '../tui-state.ts';

/** All that a pane is made from. */
export interface PaneInput {
  readonly facts: TuiFacts;
  readonly state: TuiState;
  readonly marks: Marks;
  /** Milliseconds since the run began. */
  readonly nowMs: number;
  readonly width: number;
  /** Rows for its lines, its heading not counted. */
  readonly height: number;
  readonly focused: boolean;
}

/** What a pane shows: never more lines than it has rows, so that a frame costs the same however long the run is. */
export interface PaneView {
  readonly title: string;
  /** Beside the title. */
  readonly note: string;
  readonly lines: readonly Line[];
  readonly range: ScrollRange;
  /** Of a grid. */
  readonly columns?: number;
}
