import { displayWidth } from '../display-width.ts';
import { cutEnd } from '../fit-text.ts';
import { safeLine } from '../safe-text.ts';
import type { Segment } from '../segments.ts';

/** A piece of a line on the screen: a segment that may also have a peer's own colour, or be turned light on dark. */
export interface Piece extends Segment {
  /** In this peer's colour, in place of a tone. */
  readonly hue?: string;
  readonly inverse?: boolean;
}

/** A line as plain data: what it says and means. It is cut to its room and painted where it is drawn. */
export type Line = readonly Piece[];

/** Columns that a line takes. */
export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + displayWidth(safeLine(text)), 0);

/** A line with `right` pushed to the right edge; `left` is cut where the two do not fit, so that two blanks at least are between them. */
export function spread(left: Line, right: Line, width: number, ellipsis: string): Line {
  if (right.length === 0) return left;
  const room = Math.max(0, width - lineWidth(right) - 2);
  const kept = cutLine(left, room, ellipsis);
  return [...kept, { text: ' '.repeat(Math.max(2, width - lineWidth(kept) - lineWidth(right))) }, ...right];
}

/** At most `width` columns of a line. */
export function cutLine(line: Line, width: number, ellipsis: string): Line {
  const kept: Piece[] = [];
  let room = width;
  for (const piece of line) {
    const text = safeLine(piece.text);
    const whole = displayWidth(text);
    kept.push(whole <= room ? piece : { ...piece, text: cutEnd(text, room, ellipsis) });
    room -= whole;
    if (room <= 0) break;
  }
  return kept;
}
