import type { ManualClock } from './clock.ts';

export interface DriveOptions {
  /** Wake-ups after which it is given up as going round for ever; default 100,000. */
  readonly maxSteps?: number;
}

/** Turns of the event loop that a promise gets when nobody sleeps, before that is called a deadlock. */
const PATIENCE = 20;

/**
 * Plays time until `promise` settles, and gives its value or throws its error. Everything that can go on goes on before the
 * clock moves, one sleeper at a time, so equal programs play alike. Throws an `Error` with the clock's state on a deadlock
 * (the promise is pending and nobody sleeps) and after `maxSteps`.
 */
export async function runUntilSettled<T>(
  clock: ManualClock,
  promise: Promise<T>,
  options: DriveOptions = {},
): Promise<T> {
  const maxSteps = options.maxSteps ?? 100_000;
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  promise.then(done, done);

  let idle = 0;
  for (let steps = 0; ; ) {
    await turn();
    if (settled) return promise;
    if (clock.nextDeadline === undefined) {
      idle += 1;
      if (idle > PATIENCE) throw new Error(`deadlock at ${clock.now()} ms: the promise is pending and nobody sleeps`);
      continue;
    }
    idle = 0;
    if (steps === maxSteps) {
      throw new Error(
        `not settled after ${maxSteps} wake-ups, at ${clock.now()} ms: ${clock.waiting} asleep, the next until ${clock.nextDeadline} ms`,
      );
    }
    steps += 1;
    clock.advanceToNext();
  }
}

/** Plays `ms` of time, waking sleepers one by one and letting each go as far as it can before the next. */
export async function runFor(clock: ManualClock, ms: number): Promise<void> {
  const until = clock.now() + ms;
  for (;;) {
    await turn();
    const next = clock.nextDeadline;
    if (next === undefined || next > until) break;
    clock.advanceToNext();
  }
  clock.advance(until - clock.now());
  await turn();
}

/** Lets every microtask run out, those that microtasks add included. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
