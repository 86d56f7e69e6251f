import type { CommandWait } from '../../model/expectation.ts';
import type { PeerName } from '../../model/names.ts';
import type { TimelineEntry } from '../../model/timeline.ts';

/** What is sent at one time, or behind one and the same thing, to one peer or several. */
export interface TimelineRow {
  /** Milliseconds from the start of the timeline; the earliest offset of a row that waits. */
  readonly atMs: number;
  readonly waits?: CommandWait;
  /** Whether `atMs` is known before the run: nothing that it hangs on waits for what happens. */
  readonly certain: boolean;
  /** How many waits it hangs on, its own among them; what it waits for is above it. 0 for a row with a time. */
  readonly depth: number;
  readonly command: string;
  readonly peers: readonly PeerName[];
}

interface Growing extends Omit<TimelineRow, 'depth'> {
  readonly peers: PeerName[];
  readonly behind: Growing[];
}

/** The timeline as a tree written down: rows by time, and below each row those that wait for it. */
export function timelineRows(entries: readonly TimelineEntry[]): readonly TimelineRow[] {
  const roots: Growing[] = [];
  const rows = new Map<string, Growing>();
  const rowOf: Growing[] = [];
  const numbers = new Map<Growing, number>();
  for (const { index, atMs, waits, command, peer } of entries) {
    const above = waits === undefined ? undefined : rowOf[sinceOf(waits) ?? -1];
    const parent = above === undefined ? '' : String(numbers.get(above));
    const key = JSON.stringify([waits === undefined ? atMs : waitKey(waits), parent, command]);
    let row = rows.get(key);
    if (row === undefined) {
      const certain = waits?.kind !== 'when' && (above?.certain ?? true);
      row = { atMs, ...(waits === undefined ? {} : { waits }), certain, command, peers: [], behind: [] };
      rows.set(key, row);
      numbers.set(row, numbers.size);
      (above?.behind ?? roots).push(row);
    }
    row.peers.push(peer);
    rowOf[index] = row;
  }
  return flattened(roots);
}

/** The command that a wait begins with; undefined for the start of the timeline. */
const sinceOf = (waits: CommandWait): number | undefined => (waits.kind === 'after' ? waits.command : waits.since);

/** Equal for commands that are sent together. */
function waitKey(waits: CommandWait): readonly unknown[] {
  if (waits.kind === 'after') return ['after', waits.delayMs];
  return ['when', waits.withinMs, ...waits.all.map(({ text }) => text)];
}

/** Without recursion: a timeline may be one long chain. */
function flattened(roots: readonly Growing[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  const open = [...roots].reverse().map((row) => ({ row, depth: row.waits === undefined ? 0 : 1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth } = next;
    const { behind, ...row } = next.row;
    rows.push({ ...row, depth });
    for (const child of [...behind].reverse()) open.push({ row: child, depth: depth + 1 });
  }
  return rows;
}
