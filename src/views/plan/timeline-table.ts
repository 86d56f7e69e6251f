import { formatSeconds } from '../../lib/format-duration.ts';
import type { CommandWait } from '../../model/expectation.ts';
import type { Timeline } from '../../model/timeline.ts';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { cutEnd, padEnd, padStart, wrapText } from '../fit-text.ts';
import type { Marks } from '../marks.ts';
import type { Palette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { columnTime, shortTime } from '../short-time.ts';
import { type TimelineRow, timelineRows } from './timeline-rows.ts';

export interface TableOptions {
  readonly palette: Palette;
  readonly marks: Marks;
  /** Columns. */
  readonly width: number;
  /** Every row, every name, every command to its end. */
  readonly verbose: boolean;
  /** How many peers the test has, to say `all 40 peers`. */
  readonly peers: number;
}

const INDENT = '    ';
/** Rows that are shown of a long timeline. */
const FIRST = 16;
const LAST = 4;
/** Part of the width that a chain of waits may push its last row to the right; deeper ones stay in one column. */
const DEEPEST = 0.14;

/**
 * The timeline as lines of a table: what is sent at one time to several peers is one row, and what waits for something else stands below
 * that, indented.
 */
export function timelineTable(timeline: Timeline, options: TableOptions): readonly string[] {
  const rows = timelineRows(timeline.entries);
  // One row more is no longer than the line that would say so.
  const cut = !options.verbose && rows.length > FIRST + LAST + 1;
  const shown = cut ? [...rows.slice(0, FIRST), ...rows.slice(-LAST)] : rows;
  const exact = timeline.entries.some(({ atMs }) => atMs % 100 !== 0);
  const timeOf = ({ atMs, certain }: TimelineRow): string =>
    !certain ? '' : exact ? formatSeconds(atMs) : columnTime(atMs);
  const time = Math.max(0, ...shown.map((row) => timeOf(row).length));
  const most = Math.max(16, Math.floor(options.width * 0.36));
  const cells = shown.map((row) => peersCell(row, most, options));
  const peers = Math.max(0, ...cells.flat().map(displayWidth));
  const command = options.width - INDENT.length - time - peers - 4;
  const { quiet } = options.palette.tone;
  const lines = shown.map((row, index) => {
    const [first = '', ...more] = cells[index] ?? [];
    const text = safeLine(row.command);
    const said = options.verbose ? text : cutEnd(text, Math.max(12, command), options.marks.ellipsis);
    const head = `${quiet(padStart(timeOf(row), time))}  ${padEnd(first, peers)}  ${said}`;
    const under = INDENT + ' '.repeat(time + 2);
    return [...waitLines(row, under, options), INDENT + head, ...more.map((line) => under + line)];
  });
  if (!cut) return lines.flat();
  const hidden = rows.slice(FIRST, -LAST).reduce((sum, row) => sum + row.peers.length, 0);
  const more = `${options.marks.ellipsis} ${countOf(hidden, 'more command')} (--verbose shows all)`;
  const between = `${INDENT}${' '.repeat(time + 2)}${more}`;
  return [...lines.slice(0, FIRST).flat(), quiet(between), ...lines.slice(FIRST).flat()];
}

/** `└ when bob: log "hi" (within 5 s)`: what a row waits for, between what it waits behind and itself. */
function waitLines(
  row: TimelineRow,
  under: string,
  { palette, marks, width, verbose }: TableOptions,
): readonly string[] {
  if (row.waits === undefined) return [];
  const lead = under + leadOf(row, width);
  const room = Math.max(24, width - lead.length - 2);
  // Two lines are enough for most, and of longer ones the end must not push the rest away.
  const most = verbose ? Number.POSITIVE_INFINITY : 2 * room - 16;
  const lines = waitTexts(row.waits, (text) => cutEnd(safeLine(text), most, marks.ellipsis)).flatMap((text) =>
    wrapText(text, room),
  );
  return lines.map((line, index) => palette.tone.quiet(`${lead}${index === 0 ? marks.behind : ' '} ${line}`));
}

function waitTexts(waits: CommandWait, shorten: (text: string) => string): readonly string[] {
  if (waits.kind === 'after') return [`after ${shortTime(waits.delayMs)}`];
  const last = waits.all.length - 1;
  return waits.all.map(({ text }, index) => {
    const within = index === last ? ` (within ${shortTime(waits.withinMs)})` : '';
    return `${index === 0 ? 'when' : 'and'} ${shorten(text)}${within}`;
  });
}

/** What stands before the sign of a row that waits, so that the sign is below the peers of the row that it waits for. */
function leadOf({ depth }: TimelineRow, width: number): string {
  const deepest = Math.max(1, Math.floor((width * DEEPEST) / 2));
  return '  '.repeat(Math.max(0, Math.min(depth, deepest) - 1));
}

function peersCell(row: TimelineRow, most: number, options: TableOptions): readonly string[] {
  const lead = row.waits === undefined ? '' : `${leadOf(row, options.width)}  `;
  return namesCell(row.peers, Math.max(12, most - lead.length), options).map((line) => lead + line);
}

function namesCell(
  peers: TimelineRow['peers'],
  most: number,
  { verbose, peers: all }: TableOptions,
): readonly string[] {
  const names = peers.join(' ');
  if (displayWidth(names) <= most) return [names];
  if (verbose) return wrapText(names, most);
  if (new Set(peers).size === all) return [`all ${all} peers`];
  let shown = peers.length;
  const text = (): string => `${peers.slice(0, shown).join(' ')} and ${peers.length - shown} more`;
  do shown -= 1;
  while (shown > 1 && displayWidth(text()) > most);
  return [text()];
}
