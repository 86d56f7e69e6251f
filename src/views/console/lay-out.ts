/** Entries as lines of text: columns, colours, wrapping. */
import { formatSeconds } from '../../lib/format-duration.ts';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { cutMiddle, padEnd, padStart, wrapText } from '../fit-text.ts';
import type { Marks } from '../marks.ts';
import type { Paint, Palette } from '../palette.ts';
import { safeLine, safeLines } from '../safe-text.ts';
import { columnTime } from '../short-time.ts';
import type { Entry } from './entry.ts';
import type { Moment } from './story.ts';

/** How lines are laid out: all that is known of the place that they go to. */
export interface Layout {
  readonly palette: Palette;
  readonly marks: Marks;
  /** Columns that a line may take; undefined where lines are left whole. */
  readonly width: number | undefined;
  /** Columns for names. Longer ones lose their middle where lines have a width, and else their alignment. */
  readonly nameWidth: number;
  /** Whether escape sequences in peers' texts are dropped, or shown so that nothing is lost. */
  readonly sequences: 'dropped' | 'shown';
}

const TIME_WIDTH = 8;
const LEVEL_WIDTH = 6;
/** One line of a log, or one message of many lines, may not push everything else off the screen; run.log has all of it. */
const MOST_ROWS = 6;
const MOST_LINES = 20;
/** Below this many columns a continuation begins near the left edge: under its text, it would be a narrow strip. */
const NARROW = 60;

/** The lines of an entry, without newlines at their ends. `prefix` stands before the first (the wall time in run.log). */
export function layOut(entry: Entry, moment: Moment, layout: Layout, prefix = ''): readonly string[] {
  const { tone } = layout.palette;
  const level = entry.level === undefined ? '' : padEnd(entry.level, LEVEL_WIDTH);
  const name = padEnd(nameOf(entry, layout), layout.nameWidth);
  const gutter = displayWidth(prefix) + TIME_WIDTH + 2 + displayWidth(name) + 2 + 2;
  const hanging = layout.width !== undefined && layout.width < NARROW ? 4 : gutter + level.length;

  const first = [
    `${prefix}${paintedTime(moment, layout)}  ${namePaint(entry, layout)(name)}  `,
    `${tone[entry.tone](layout.marks[entry.mark])} ${levelPaint(entry, layout)(level)}`,
  ].join('');
  const rows = fitRows(safeLines(entry.text, layout.sequences), layout, hanging, gutter + level.length);
  const paint = textPaint(entry, layout);
  const lines = rows.map((row, i) => (i === 0 ? first : ' '.repeat(hanging)) + paint(row));

  const used = (rows.length === 1 ? gutter + level.length : hanging) + displayWidth(rows.at(-1) ?? '');
  const below = (entry.below ?? []).flatMap((line) => safeLines(line, layout.sequences));
  const rail = `${' '.repeat(hanging)}${tone.quiet(layout.marks.log)} `;
  return [
    ...withNote(lines, used, entry.note, layout, hanging),
    ...fitRows(below, layout, hanging + 2, hanging + 2).map((row) => rail + tone.quiet(row)),
  ];
}

function paintedTime(moment: Moment, layout: Layout): string {
  const { tone } = layout.palette;
  // Two clocks share the column, so they differ in form, not in colour alone: tenths before the timeline, then milliseconds.
  return moment.since === 'timeline'
    ? padStart(formatSeconds(moment.ms), TIME_WIDTH)
    : tone.quiet(padStart(columnTime(moment.ms), TIME_WIDTH));
}

function nameOf(entry: Entry, layout: Layout): string {
  if (entry.who.kind === 'tm') return 'tm';
  const whole = safeLine(entry.who.name);
  return layout.width === undefined ? whole : cutMiddle(whole, layout.nameWidth, layout.marks.ellipsis);
}

function namePaint(entry: Entry, layout: Layout): Paint {
  const { tone, peer } = layout.palette;
  if (entry.who.kind === 'tm') return tone.quiet;
  return entry.who.kind === 'peer' ? peer(entry.who.name) : tone.strong;
}

function textPaint(entry: Entry, layout: Layout): Paint {
  const { tone } = layout.palette;
  if (entry.level !== undefined) return entry.level === 'debug' || entry.level === 'trace' ? tone.quiet : tone.plain;
  return entry.tone === 'bad' || entry.tone === 'caution' || entry.tone === 'quiet' ? tone[entry.tone] : tone.plain;
}

function levelPaint(entry: Entry, layout: Layout): Paint {
  const { tone } = layout.palette;
  if (entry.level === 'error') return tone.bad;
  return entry.level === 'warn' ? tone.caution : tone.quiet;
}

/** The note behind the last line where there is room for it, else on lines of its own. */
function withNote(
  lines: readonly string[],
  used: number,
  note: string | undefined,
  layout: Layout,
  hanging: number,
): readonly string[] {
  if (note === undefined) return lines;
  const { quiet } = layout.palette.tone;
  const text = safeLine(note);
  if (layout.width === undefined || used + 2 + displayWidth(text) <= layout.width) {
    return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}  ${quiet(text)}`];
  }
  return [...lines, ...fitRows([text], layout, hanging, hanging).map((row) => ' '.repeat(hanging) + quiet(row))];
}

/** Rows that fit the width: the very first begins at column `first`, the others at `hanging`. */
function fitRows(lines: readonly string[], layout: Layout, hanging: number, first: number): readonly string[] {
  const { width, marks } = layout;
  if (width === undefined) return lines;
  const room = Math.max(8, width - hanging);
  const rows = lines.slice(0, MOST_LINES).flatMap((line, i) => {
    // A character of two code units is not cut in half.
    const cut = line.slice(0, MOST_ROWS * room).replace(/[\ud800-\udbff]$/, '');
    const wrapped = wrapText(cut, room, i === 0 ? Math.max(8, width - first) : room);
    if (cut.length === line.length) return wrapped;
    return [...wrapped, `${marks.ellipsis} ${line.length - cut.length} more characters, in run.log`];
  });
  const more = lines.length - MOST_LINES;
  return more <= 0 ? rows : [...rows, `${marks.ellipsis} ${countOf(more, 'more line')}, in run.log`];
}
