import type { Clock } from '../../../src/ports/clock.ts';

/** A clock on which every sleep is over in the next turn of the event loop. */
export function instantClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    wall: () => now,
    sleepUntil: (deadline, signal) =>
      new Promise((resolve, reject) => {
        setImmediate(() => {
          if (signal?.aborted) return reject(signal.reason);
          now = Math.max(now, deadline);
          resolve();
        });
      }),
  };
}
