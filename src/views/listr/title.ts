/** Titles of listed tasks: words on the left, their duration in one column on the right, faults below. */

import { faultText } from '../console/fault-text.ts';
import { displayWidth } from '../display-width.ts';
import { wrapText } from '../fit-text.ts';
import type { Marks } from '../marks.ts';
import type { Palette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { paintSegments, type Segment, segmentsWidth } from '../segments.ts';
import { columnTime } from '../short-time.ts';
import { rowText } from './row-text.ts';
import { elapsed, isOver, type Place, type Row, rowState } from './step-board.ts';

/** What titles are painted with, for a room of some columns. */
export interface TitleStyle {
  readonly palette: Palette;
  readonly marks: Marks;
  readonly room: number;
}

const MOST_FAULTS = 3;

/** A title with its duration, on one line. */
export function titleLine(words: readonly Segment[], ms: number | undefined, style: TitleStyle): string {
  const { palette, marks, room } = style;
  if (ms === undefined) return paintSegments(words, palette, room, marks.ellipsis);
  const time = columnTime(ms);
  const left = Math.max(8, room - time.length - 2);
  const gap = ' '.repeat(Math.max(2, room - time.length - Math.min(left, segmentsWidth(words))));
  return `${paintSegments(words, palette, left, marks.ellipsis)}${gap}${palette.tone.quiet(time)}`;
}

/** The title of one row; `place` is given where the row stands alone for its place. */
export function rowTitle(row: Row, place: string | undefined, style: TitleStyle): string {
  const words: readonly Segment[] = [
    ...(place === undefined ? [] : [{ text: `${place}  `, tone: 'strong' as const }]),
    ...rowText(row, style.marks, style.room),
  ];
  // What was never tried took no time.
  const ran = isOver(row) && rowState(row) !== 'skipped';
  const title = titleLine(words, ran ? elapsed([row]) : undefined, style);
  return [title, ...failures(row, style)].join('\n');
}

/** The title of a place with several rows: its name, and what was done there once all of it is. */
export function placeTitle(place: Place, name: string, style: TitleStyle): string {
  const head: Segment = { text: `${name}  `, tone: 'strong' };
  if (!place.rows.every(isOver)) return titleLine([{ text: place.name, tone: 'strong' }], undefined, style);
  const done = place.rows.flatMap((row, i) => [
    ...(i === 0 ? [] : [{ text: ', ' }]),
    ...rowText(row, style.marks, style.room),
  ]);
  return titleLine([head, ...done], elapsed(place.rows), style);
}

/** What failed in a row, with what to try; the first few, since forty peers mostly fail for one reason. */
function failures(row: Row, style: TitleStyle): readonly string[] {
  const { tone } = style.palette;
  const failed = row.steps.flatMap(({ label, state }) =>
    state.kind === 'failed' ? [{ label, fault: state.fault }] : [],
  );
  const lines = failed.slice(0, MOST_FAULTS).flatMap(({ label, fault }) => {
    const { message, details } = faultText(fault, label);
    const hints = details.flatMap((line) => wrapped(`  ${line}`, style));
    return [...wrapped(message, style).map((line) => tone.bad(line)), ...hints.map((line) => tone.quiet(line))];
  });
  const others = failed.length - MOST_FAULTS;
  return others > 0 ? [...lines, tone.quiet(`and ${others} more, in run.log`)] : lines;
}

const wrapped = (text: string, { room }: TitleStyle): readonly string[] =>
  displayWidth(text) <= room ? [safeLine(text)] : wrapText(safeLine(text), Math.max(12, room));
