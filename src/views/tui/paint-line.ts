import type { ChalkInstance } from 'chalk';
import { displayWidth } from '../display-width.ts';
import { cutEnd } from '../fit-text.ts';
import { createPalette, type Paint } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import type { Line, Piece } from './line.ts';

/** Paints lines for one terminal and the peers of one run. */
export type LinePainter = (line: Line, width: number) => string;

/** A painter of lines: harmless, on one row each, cut to a width. */
export function createLinePainter(color: ChalkInstance, ellipsis: string, peers: readonly string[]): LinePainter {
  const palette = createPalette(color, peers);
  const paintOf = ({ hue, tone = 'plain', inverse = false }: Piece): Paint => {
    const paint = hue === undefined ? palette.tone[tone] : palette.peer(hue);
    return inverse ? (text) => color.inverse(paint(text)) : paint;
  };
  return (line, width) => {
    let painted = '';
    let room = width;
    for (const piece of line) {
      // A piece with no room for more than a cell of it may be a log line of megabytes.
      const safe = safeLine(piece.text.length > width * 16 ? piece.text.slice(0, width * 16) : piece.text);
      const whole = displayWidth(safe);
      const text = whole <= room ? safe : cutEnd(safe, room, ellipsis);
      if (text !== '') painted += paintOf(piece)(text);
      if (whole > room) break;
      room -= whole;
    }
    return painted;
  };
}
