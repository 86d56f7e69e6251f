import type { Rect, Size } from './layout.ts';
import type { Line } from './line.ts';
import type { Overlay, PaneId } from './pane-id.ts';

/** One picture of the screen, as plain data: it goes to another thread to be drawn. */
export interface Frame {
  readonly size: Size;
  readonly header: readonly Line[];
  /** In place of headings, where one pane has the screen. */
  readonly tabs?: Line;
  readonly panes: readonly FramePane[];
  readonly rules: readonly Rect[];
  readonly footer: readonly Line[];
  /** The peers of the run, for their colours; only in the first frame that has them. */
  readonly peers?: readonly string[];
}

/** A pane: its place, and what it shows there. */
export interface FramePane {
  readonly id: PaneId | Overlay;
  readonly rect: Rect;
  readonly focused: boolean;
  /** Its first row, where it has a heading. */
  readonly heading?: Line;
  readonly lines: readonly Line[];
}
