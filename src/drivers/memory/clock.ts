import type { Clock } from '../../ports/clock.ts';

/** A clock that stands still until it is moved, so that hours of a run are played in milliseconds and always alike. */
export interface ManualClock extends Clock {
  /** Sleepers that can still be woken. */
  readonly waiting: number;
  /** When the next sleeper is due (it may be past already); undefined where nobody sleeps. Milliseconds, as `now()` counts. */
  readonly nextDeadline: number | undefined;
  /** Goes on to the earliest sleeper and wakes it alone (the one that went to sleep first, of several); false where nobody sleeps. */
  advanceToNext(): boolean;
  /** Goes on by `ms`, waking all that become due, in order; what they do next happens after this returns. */
  advance(ms: number): void;
}

export interface ManualClockOptions {
  /** Wall time when `now()` is 0, in milliseconds since 1970; default 2026-01-01 00:00 UTC. */
  readonly wallAtZero?: number;
}

interface Sleeper {
  readonly deadline: number;
  /** Decides between equal deadlines: first come, first woken. */
  readonly order: number;
  awake: boolean;
  wake(): void;
}

/**
 * A manual clock at 0. Even a deadline that has passed waits to be woken: a loop of such sleeps would else never
 * leave the microtask queue, and nothing could stop it.
 */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const wallAtZero = options.wallAtZero ?? Date.UTC(2026, 0, 1);
  const sleepers: Sleeper[] = [];
  let now = 0;
  let count = 0;
  let order = 0;

  /** The earliest that still sleeps; those whose signal woke them are only dropped here, when they come to the top. */
  const first = (): Sleeper | undefined => {
    while (sleepers[0]?.awake) pop(sleepers);
    const top = sleepers[0];
    return top !== undefined && Number.isFinite(top.deadline) ? top : undefined;
  };

  const wake = (sleeper: Sleeper): void => {
    pop(sleepers);
    now = Math.max(now, sleeper.deadline);
    sleeper.wake();
  };

  return {
    now: () => now,
    wall: () => wallAtZero + now,
    get waiting() {
      return count;
    },
    get nextDeadline() {
      return first()?.deadline;
    },
    sleepUntil: (deadline, signal) =>
      new Promise((resolve, reject) => {
        if (Number.isNaN(deadline)) throw new RangeError('cannot sleep until NaN');
        if (signal?.aborted) throw signal.reason;
        const settle = (): void => {
          sleeper.awake = true;
          count -= 1;
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          settle();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          deadline,
          order: order++,
          awake: false,
          wake: () => {
            settle();
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort);
        count += 1;
        push(sleepers, sleeper);
      }),
    advanceToNext: () => {
      const next = first();
      if (next === undefined) return false;
      wake(next);
      return true;
    },
    advance: (ms) => {
      if (!(ms >= 0)) throw new RangeError(`a clock goes forward, not by ${ms} ms`);
      const until = now + ms;
      for (let next = first(); next !== undefined && next.deadline <= until; next = first()) wake(next);
      now = until;
    },
  };
}

const before = (a: Sleeper, b: Sleeper): boolean =>
  a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);

/** Adds to a binary heap whose earliest sleeper is at index 0. */
function push(heap: Sleeper[], sleeper: Sleeper): void {
  let index = heap.length;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent]!;
    if (!before(sleeper, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = sleeper;
}

/** Takes the earliest sleeper off the heap. */
function pop(heap: Sleeper[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
}
