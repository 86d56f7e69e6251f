/** What became of the timeline's commands, in numbers. */
import { shortTime } from '../short-time.ts';
import type { CommandFate, Story } from './story.ts';

const MOST_UNTAKEN = 3;
/** A command that left later than this, in milliseconds, is worth a word; the schedule keeps to a few. */
const LATE_MS = 10;

/** `all taken (p50 1 ms, slowest 12 ms)`; how late the latest was sent is said where it was late. */
export function commandSummary(story: Story): string {
  const fates = [...story.commands.values()];
  const delays = fates.flatMap((fate) => fate.takenAfterMs ?? []).sort((a, b) => a - b);
  const taken = delays.length === fates.length ? 'all taken' : `${delays.length} taken`;
  const speed =
    delays.length === 0 ? '' : ` (p50 ${shortTime(middle(delays))}, slowest ${shortTime(delays.at(-1) ?? 0)})`;
  const latest = Math.max(0, ...fates.map(({ sent }) => sent.sentMs - sent.dueMs));
  const late = latest < LATE_MS ? '' : `, sent up to ${shortTime(latest)} late`;
  const skipped = story.skipped === 0 ? '' : `, ${story.skipped} not sent`;
  return `${taken}${speed}${late}${skipped}`;
}

/** The commands that nobody took, a line each: `never taken: eve "rotate-key" (sent at 35.0 s)`. */
export function untakenCommands(story: Story): readonly string[] {
  const untaken = [...story.commands.values()].filter((fate) => fate.takenAfterMs === undefined);
  const lines = untaken.slice(0, MOST_UNTAKEN).map(describe);
  const more = untaken.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more never taken`];
}

const describe = ({ sent }: CommandFate): string =>
  `never taken: ${sent.peer} "${sent.command}" (sent at ${(sent.sentMs / 1000).toFixed(1)} s)`;

/** The median by nearest rank: half of them were at most this. */
function middle(sorted: readonly number[]): number {
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
}
