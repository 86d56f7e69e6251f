/** Lines made of pieces with different colours, so that they can be measured and cut before they are painted. */
import { displayWidth } from './display-width.ts';
import { cutEnd } from './fit-text.ts';
import type { Palette, Tone } from './palette.ts';
import { safeLine } from './safe-text.ts';

/** A piece of a line. */
export interface Segment {
  readonly text: string;
  readonly tone?: Tone;
}

/** The pieces without colours. */
export function plainSegments(segments: readonly Segment[]): string {
  return segments.map((segment) => safeLine(segment.text)).join('');
}

/** Columns that the pieces take together. */
export const segmentsWidth = (segments: readonly Segment[]): number => displayWidth(plainSegments(segments));

/** The pieces painted, harmless and on one line, cut to `width` columns. */
export function paintSegments(segments: readonly Segment[], palette: Palette, width: number, ellipsis: string): string {
  let painted = '';
  let room = width;
  for (const segment of segments) {
    const safe = safeLine(segment.text);
    const whole = displayWidth(safe);
    const text = whole <= room ? safe : cutEnd(safe, room, ellipsis);
    painted += palette.tone[segment.tone ?? 'plain'](text);
    if (whole > room) break;
    room -= whole;
  }
  return painted;
}
