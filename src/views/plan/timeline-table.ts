import { formatSeconds } from '../../lib/format-duration.ts';
import type { PeerName } from '../../model/names.ts';
import type { Timeline, TimelineEntry } from '../../model/timeline.ts';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { cutEnd, padEnd, padStart, wrapText } from '../fit-text.ts';
import type { Palette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { columnTime } from '../short-time.ts';

export interface TableOptions {
  readonly palette: Palette;
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

/** The timeline as lines of a table: what is sent at one time to several peers is one row. */
export function timelineTable(timeline: Timeline, options: TableOptions): readonly string[] {
  const rows = rowsOf(timeline.entries);
  // One row more is no longer than the line that would say so.
  const cut = !options.verbose && rows.length > FIRST + LAST + 1;
  const shown = cut ? [...rows.slice(0, FIRST), ...rows.slice(-LAST)] : rows;
  const exact = timeline.entries.some(({ atMs }) => atMs % 100 !== 0);
  const timeOf = ({ atMs }: Row): string => (exact ? formatSeconds(atMs) : columnTime(atMs));
  const time = Math.max(0, ...shown.map((row) => timeOf(row).length));
  const most = Math.max(16, Math.floor(options.width * 0.36));
  const cells = shown.map((row) => peersCell(row, most, options));
  const peers = Math.max(0, ...cells.flat().map(displayWidth));
  const command = options.width - INDENT.length - time - peers - 4;
  const lines = shown.map((row, index) => {
    const [first = '', ...more] = cells[index] ?? [];
    const text = safeLine(row.command);
    const said = options.verbose ? text : cutEnd(text, Math.max(12, command), '…');
    const head = `${options.palette.tone.quiet(padStart(timeOf(row), time))}  ${padEnd(first, peers)}  ${said}`;
    return [INDENT + head, ...more.map((line) => INDENT + ' '.repeat(time + 2) + line)];
  });
  if (!cut) return lines.flat();
  const hidden = rows.slice(FIRST, -LAST).reduce((sum, row) => sum + row.peers.length, 0);
  const between = `${INDENT}${' '.repeat(time + 2)}… ${countOf(hidden, 'more command')} (--verbose shows all)`;
  return [...lines.slice(0, FIRST).flat(), options.palette.tone.quiet(between), ...lines.slice(FIRST).flat()];
}

interface Row {
  readonly atMs: number;
  readonly command: string;
  readonly peers: readonly PeerName[];
}

/** Commands of one time and text together, in the order in which they first appear. */
function rowsOf(entries: readonly TimelineEntry[]): readonly Row[] {
  const rows = new Map<string, { atMs: number; command: string; peers: PeerName[] }>();
  for (const { atMs, command, peer } of entries) {
    const key = `${atMs} ${command}`;
    const row = rows.get(key) ?? { atMs, command, peers: [] };
    row.peers.push(peer);
    rows.set(key, row);
  }
  return [...rows.values()];
}

function peersCell({ peers }: Row, most: number, { verbose, peers: all }: TableOptions): readonly string[] {
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
