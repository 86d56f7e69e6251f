import { TmError } from '../../model/fault.ts';
import type { Clock } from '../../ports/clock.ts';

/** Milliseconds for which a lost connection is made again before it is given up. */
const GIVE_UP_MS = 60_000;

export const unreachable = (because: string): TmError =>
  new TmError({ kind: 'unreachable', what: 'redis', message: `Redis cannot be reached: ${because}` });

/**
 * The connection of a bus in memory, and those who wait for it:
 *
 * ```
 *   up ──lost──► lost ──GIVE_UP_MS──► dead
 *   ▲             │
 *   └──restored───┘        from each: killed (its process died), closed
 * ```
 */
export class MemoryConnection {
  readonly #clock: Clock;
  readonly #gaveUp: (because: string) => void;
  readonly #waiters = new Set<() => void>();
  #state: 'up' | 'lost' | 'dead' | 'killed' | 'closed' = 'up';
  #because = '';
  #giveUp = new AbortController();

  /** `gaveUp` is told why, once, after a lost connection has not come back. */
  constructor(clock: Clock, gaveUp: (because: string) => void) {
    this.#clock = clock;
    this.#gaveUp = gaveUp;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get isKilled(): boolean {
    return this.#state === 'killed';
  }

  /** It will not be up again. */
  get isOver(): boolean {
    return this.#state === 'dead' || this.#state === 'closed';
  }

  /** Resolves while the connection stands; waits for a lost one; rejects once it was given up or closed. */
  async up(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#state !== 'up') {
      if (this.#state === 'killed') await new Promise(() => undefined);
      if (this.#state === 'dead') throw unreachable(this.#because);
      if (this.#state === 'closed')
        throw new TmError({ kind: 'failed', message: 'the connection to Redis was closed' });
      await new Promise<void>((resolve) => {
        const look = () => {
          signal?.removeEventListener('abort', look);
          this.#waiters.delete(look);
          resolve();
        };
        this.#waiters.add(look);
        signal?.addEventListener('abort', look);
      });
      signal?.throwIfAborted();
    }
  }

  /** Resolves with the next `wake`. */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  /** Lets all who wait look again. */
  wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Gives whether it was up. */
  lost(because: string): boolean {
    if (this.#state !== 'up') return false;
    this.#state = 'lost';
    this.#because = because;
    this.#giveUp = new AbortController();
    this.#clock.sleepUntil(this.#clock.now() + GIVE_UP_MS, this.#giveUp.signal).then(
      () => this.#die(),
      () => undefined,
    );
    return true;
  }

  /** Gives whether it was lost. Who waits for it looks again at the next `wake`. */
  restored(): boolean {
    if (this.#state !== 'lost') return false;
    this.#giveUp.abort();
    this.#state = 'up';
    return true;
  }

  killed(): void {
    this.#state = 'killed';
    this.#giveUp.abort();
  }

  close(): void {
    this.#state = 'closed';
    this.#giveUp.abort();
  }

  #die(): void {
    if (this.#state !== 'lost') return;
    this.#state = 'dead';
    this.#gaveUp(this.#because);
    this.wake();
  }
}
