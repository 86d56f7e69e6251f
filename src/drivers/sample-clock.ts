import { performance } from 'node:perf_hooks';
import type { ClockOffset } from '../ports/host.ts';

/** One reading of another clock: its wall time (milliseconds since 1970), taken at some moment between asking and hearing the answer. */
export type ReadClock = () => Promise<number>;

/**
 * Compares another clock with ours. A reading that was taken between `sent` and `heard` bounds the offset from both sides, so what all
 * readings allow together is less than half a round trip wide. Where the clocks moved meanwhile, the quickest reading counts.
 */
export async function sampleClock(read: ReadClock, samples: number): Promise<ClockOffset> {
  const base = wallBase();
  const bounds: { readonly low: number; readonly high: number }[] = [];
  for (let turn = 0; turn < samples; turn++) {
    const sent = performance.now();
    const there = await read();
    const heard = performance.now();
    bounds.push({ low: there - (base + heard), high: there - (base + sent) });
  }
  const low = Math.max(...bounds.map((one) => one.low));
  const high = Math.min(...bounds.map((one) => one.high));
  const [quickest] = bounds.toSorted((a, b) => a.high - a.low - (b.high - b.low));
  return low <= high || quickest === undefined ? offset(low, high) : offset(quickest.low, quickest.high);
}

const offset = (low: number, high: number): ClockOffset => ({
  aheadMs: rounded((low + high) / 2),
  uncertaintyMs: rounded((high - low) / 2),
});

/** To microseconds. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/**
 * Our wall time at `performance.now() === 0`. It is told in whole milliseconds, rounded down, so of what is read for a little longer than
 * one of them the greatest is right, whatever came between.
 */
function wallBase(): number {
  const start = performance.now();
  let base = Number.NEGATIVE_INFINITY;
  while (performance.now() - start < 1.1) base = Math.max(base, Date.now() - performance.now());
  return base;
}
