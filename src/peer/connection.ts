import { Redis } from 'ioredis';
import { backoff } from './backoff.ts';
import type { Waiter } from './inbox.ts';
import type { Reporter } from './outbox.ts';
import { PeerError } from './peer-error.ts';
import type { RedisTarget } from './redis-target.ts';

/** After this long without an answer a connection counts as dead, and is made again. */
export const ANSWER_WITHIN_MS = 20_000;
/** Silence after which the kernel asks whether the other side is still there: it finds a lost machine in about twice this time. */
const KEEP_ALIVE_MS = 10_000;
/** How long hanging up waits for the other side to do so too: a program that has closed its client ends no later than that. */
const HANG_UP_WITHIN_MS = 500;

export interface ConnectionEvents {
  /** Told once per loss, with the reason. */
  lost(because: string): void;
  /** Told each time it is usable again, not the first time. */
  restored(): void;
}

/**
 * One connection to Redis, made again for ever once it has stood. Commands are never queued or repeated in here: one that got no answer
 * is rejected, and its caller knows whether it may be sent twice.
 */
export class Connection implements Waiter, Reporter {
  readonly #redis: Redis;
  readonly #where: string;
  readonly #answerWithinMs: number;
  #sessions = 0;
  readonly #closing = new AbortController();
  #failure: Error | undefined;

  private constructor(redis: Redis, where: string, answerWithinMs: number) {
    this.#redis = redis;
    this.#where = where;
    this.#answerWithinMs = answerWithinMs;
  }

  /**
   * Resolves when Redis answers. Tries again until the time is up, then throws `PeerError` `unreachable`; throws `refused` at once where
   * waiting would not help (a wrong password, no such database). `name` is shown by CLIENT LIST. Once it has stood, it counts as dead when
   * an answer takes longer than `answerWithinMs`.
   */
  static async open(
    target: RedisTarget,
    name: string,
    timeoutMs: number,
    events: ConnectionEvents,
    answerWithinMs: number = ANSWER_WITHIN_MS,
  ): Promise<Connection> {
    const { host, port, database, tls, username, password } = target;
    const redis = new Redis({
      host,
      port,
      db: database,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls && { tls: {} }),
      lazyConnect: true,
      protocol: 2,
      connectionName: name,
      disableClientInfo: true,
      keepAlive: KEEP_ALIVE_MS,
      disconnectTimeout: HANG_UP_WITHIN_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // Rejects what is in flight as soon as the connection is lost.
      maxRetriesPerRequest: 0,
      maxLoadingRetryTime: 500,
      retryStrategy: (attempt) => backoff(attempt - 1),
    });
    const connection = new Connection(redis, `${host}:${port}`, answerWithinMs);
    try {
      await connection.#firstSession(timeoutMs);
    } catch (error) {
      connection.close();
      throw error;
    }
    connection.#watch(events);
    return connection;
  }

  /** How many times it has been established: a change tells the caller that the server has forgotten this client. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Resolves as soon as commands can be sent; throws `PeerError` `closed` when that will never be. */
  async ready(): Promise<void> {
    const { signal } = this.#closing;
    if (!signal.aborted && this.#redis.status !== 'ready') {
      await new Promise<void>((resolve) => {
        const settle = () => {
          this.#redis.off('ready', settle);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        this.#redis.on('ready', settle);
        signal.addEventListener('abort', settle);
      });
    }
    if (signal.aborted) throw new PeerError('closed', 'the connection to Redis was closed');
  }

  /** For commands that Redis answers at once: a connection that does not counts as dead. */
  async call(command: string, ...words: readonly string[]): Promise<unknown> {
    const timer = this.#expectAnswer();
    try {
      return await this.#redis.call(command, [...words]);
    } finally {
      clearTimeout(timer);
    }
  }

  async transaction(commands: readonly (readonly [string, ...string[]])[]): Promise<readonly (Error | undefined)[]> {
    const timer = this.#expectAnswer();
    try {
      const batch = this.#redis.multi();
      for (const [command, ...words] of commands) batch.call(command, ...words);
      return ((await batch.exec()) ?? []).map(([error]) => error ?? undefined);
    } catch (error) {
      // A command that was refused makes EXEC fail, which only says so; the client library keeps the refusal beside it.
      const refusals = (error as { readonly previousErrors?: readonly Error[] }).previousErrors ?? [];
      throw refusals[0] ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a command that may wait for ever. */
  async block(command: string, ...words: readonly string[]): Promise<unknown> {
    return await this.#redis.call(command, [...words]);
  }

  /** Hangs up; what is in flight rejects. */
  close(): void {
    this.#closing.abort();
    this.#redis.disconnect();
  }

  #expectAnswer(): NodeJS.Timeout {
    return setTimeout(() => this.#redis.disconnect(true), this.#answerWithinMs);
  }

  async #firstSession(timeoutMs: number): Promise<void> {
    const redis = this.#redis;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const because = this.#failure?.message ?? 'no answer';
        const text = `cannot reach Redis at ${this.#where}: ${because} (tried for ${Math.round(timeoutMs / 100) / 10} s)`;
        settle(() => reject(new PeerError('unreachable', text, causedBy(this.#failure))));
      }, timeoutMs);
      const failed = (error: Error) => {
        this.#failure = error;
        if (error.name !== 'ReplyError' || /^(LOADING|ERR max number of clients)/.test(error.message)) return;
        const text = `Redis at ${this.#where} refuses this peer: ${error.message}`;
        settle(() => reject(new PeerError('refused', text, causedBy(error))));
      };
      // A database that does not exist is reported as an error before "ready".
      const ready = () => settle(resolve);
      const settle = (then: () => void) => {
        clearTimeout(timer);
        redis.off('ready', ready).off('error', failed);
        // ioredis prints the errors that nobody listens to.
        redis.on('error', (error: Error) => {
          this.#failure = error;
        });
        then();
      };
      redis.on('error', failed).once('ready', ready);
      redis.connect().catch(() => {});
    });
    this.#failure = undefined;
    this.#sessions = 1;
  }

  #watch(events: ConnectionEvents): void {
    let up = true;
    let handshake: NodeJS.Timeout | undefined;
    this.#redis.on('connect', () => {
      // Whoever accepts connections need not be answering them.
      handshake = this.#expectAnswer();
    });
    this.#redis.on('ready', () => {
      clearTimeout(handshake);
      this.#sessions++;
      this.#failure = undefined;
      up = true;
      events.restored();
    });
    this.#redis.on('close', () => {
      clearTimeout(handshake);
      if (!up || this.#closing.signal.aborted) return;
      up = false;
      events.lost(this.#failure?.message ?? 'closed by the server');
    });
  }
}

/** What Redis says is in the message already; its error holds the command that it refused too: an AUTH with the password, for all to print. */
function causedBy(error: Error | undefined): ErrorOptions {
  return error === undefined || error.name === 'ReplyError' ? {} : { cause: error };
}
