import { writeSync } from 'node:fs';

/** A terminal that takes nothing is asked again after so many milliseconds, and given up after so many turns. */
const PAUSE_MS = 5;
const MOST_TURNS = 400;

/**
 * Writes all of a text, waiting for a terminal that is slow. A terminal that has gone away, or that takes nothing for two seconds, gets no more of it:
 * a screen is drawn again anyway.
 */
export function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  for (let turn = 0; rest.length > 0 && turn < MOST_TURNS; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
      turn = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      turn += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
