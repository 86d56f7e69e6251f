/** Where in its lane a peer wrote log lines. */
import type { PeerName } from '../../../model/names.ts';
import { LOG_LEVELS, type LogLevel } from '../../../model/wire.ts';
import type { LogFact } from '../../run-model/run-facts.ts';
import type { Scale } from './scale.ts';

/** Lines of one peer that lie close together. */
export interface LogTick {
  /** Of the first of them, in percent of the width. */
  readonly x: number;
  readonly count: number;
  readonly gravest: LogLevel;
  /** In order: all, or the gravest of them. */
  readonly lines: readonly LogFact[];
}

/** Lines that a tick quotes. */
const MOST_LINES = 4;
/** Ticks of the whole chart; each is an element of the page. */
const MOST_TICKS = 12_000;
/** Parts that the width is cut into: as many as the number of ticks allows. */
const FINENESS = [400, 200, 100, 50, 25, 10] as const;

/** The ticks of each peer, in order. */
export function logTicks(logs: readonly LogFact[], scale: Scale): ReadonlyMap<PeerName, readonly LogTick[]> {
  const positions = logs.map(({ atMs }) => scale.at(atMs));
  const slots = FINENESS.find((one) => occupied(logs, positions, one) <= MOST_TICKS) ?? FINENESS.at(-1)!;
  const found = new Map<PeerName, Map<number, Gathered>>();
  for (const [i, line] of logs.entries()) {
    const x = positions[i] ?? 0;
    const slot = slotOf(x, slots);
    const lane = found.get(line.peer) ?? new Map<number, Gathered>();
    if (lane.size === 0) found.set(line.peer, lane);
    const tick = lane.get(slot);
    if (tick === undefined) lane.set(slot, { x, count: 1, lines: [line] });
    else {
      tick.count += 1;
      keepGravest(tick.lines, line);
    }
  }
  return new Map([...found].map(([peer, lane]) => [peer, [...lane.values()].map(finished)]));
}

interface Gathered {
  readonly x: number;
  count: number;
  readonly lines: LogFact[];
}

const gravity = ({ level }: LogFact): number => LOG_LEVELS.indexOf(level);
const slotOf = (x: number, slots: number): number => Math.min(slots - 1, Math.floor((x * slots) / 100));

function occupied(logs: readonly LogFact[], positions: readonly number[], slots: number): number {
  return new Set(logs.map(({ peer }, i) => `${slotOf(positions[i] ?? 0, slots)} ${peer}`)).size;
}

/** Puts a line in, and the least grave (of equals: the newest) out where there are too many. */
function keepGravest(lines: LogFact[], line: LogFact): void {
  lines.push(line);
  if (lines.length <= MOST_LINES) return;
  let least = 0;
  for (const [i, one] of lines.entries()) if (gravity(one) >= gravity(lines[least] ?? one)) least = i;
  lines.splice(least, 1);
}

function finished({ x, count, lines }: Gathered): LogTick {
  const gravest = LOG_LEVELS[Math.min(...lines.map(gravity))] ?? 'trace';
  return { x, count, gravest, lines };
}
