import type { Redis } from 'ioredis';
import { linkLost } from './redis-call.ts';
import { RedisLinkLost } from './redis-fault.ts';

/** Why a connection ended: the first cause that anybody gave. */
export class LinkDeath {
  cause: RedisLinkLost | undefined;
  over = false;
  /** Resolves with the cause. */
  readonly happened: Promise<RedisLinkLost>;
  readonly #waiting = new Set<(cause: RedisLinkLost) => void>();

  constructor(redis: Redis) {
    this.happened = new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
    redis.on('error', (error: unknown) => this.note(linkLost(error)));
    redis.on('close', () => this.settle());
    redis.on('end', () => this.settle());
  }

  /** Why it is about to end, unless that is known already. */
  note(cause: RedisLinkLost): void {
    this.cause ??= cause;
  }

  /** It has ended. */
  settle(): void {
    this.over = true;
    const cause = this.cause ?? new RedisLinkLost('the server closed the connection');
    this.cause = cause;
    for (const wake of this.#waiting) wake(cause);
    this.#waiting.clear();
  }

  /**
   * The promise's outcome, or the end of the connection if that comes first or came before. A set of waiters rather than
   * `Promise.race` with one promise, which would keep every call's reaction until the end.
   */
  race<T>(promise: Promise<T>): Promise<T> {
    if (this.over) {
      promise.catch(() => undefined);
      return Promise.reject(this.cause);
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      promise
        .then(resolve, (error: unknown) => {
          reject(error instanceof RedisLinkLost && this.cause !== undefined ? this.cause : error);
        })
        .finally(() => this.#waiting.delete(reject));
    });
  }
}
