import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { onAbort } from './abortable.ts';
import { RedisLinkLost, RedisReplyError } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';

/** What Redis answers. Strings are decoded as UTF-8. */
export type Reply = string | number | null | readonly Reply[];

export type RedisArgument = string | number;

/** Who answers there. `instance` is its `run_id`. */
export interface RedisServerInfo {
  readonly instance: string;
  readonly version: string;
}

interface Options {
  /** What `CLIENT LIST` shows. */
  readonly name: string;
  /** Milliseconds for connecting and entering. */
  readonly timeoutMs: number;
}

/**
 * One connection to Redis with one life: it never reconnects, queues or resends, so that what happens around a break is decided
 * by those who know which commands may be repeated. Calls reject with `RedisReplyError` or `RedisLinkLost`, and nothing else.
 */
export class RedisLink {
  readonly info: RedisServerInfo;
  readonly #redis: Redis;
  readonly #death: Death;
  /** Told of each message on a subscribed channel, in the server's order. */
  onMessage: ((channel: string, message: string) => void) | undefined;

  private constructor(redis: Redis, death: Death, info: RedisServerInfo) {
    this.#redis = redis;
    this.#death = death;
    this.info = info;
    redis.on('message', (channel: string, message: string) => this.onMessage?.(channel, message));
  }

  /** Connects and enters: password, database, and a first look at the server. Rejects with the reason of `signal`, too. */
  static async open(endpoint: RedisEndpoint, options: Options, signal: AbortSignal): Promise<RedisLink> {
    signal.throwIfAborted();
    // Timers take whole milliseconds only.
    const timeoutMs = Math.ceil(options.timeoutMs);
    const redis = new Redis({
      host: endpoint.host,
      port: endpoint.port,
      // An address is no server name: certificates for addresses are checked without it.
      ...(endpoint.tls ? { tls: isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {} } : {}),
      protocol: 2,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: null,
      disableClientInfo: true,
      connectTimeout: timeoutMs,
      disconnectTimeout: 100,
      keepAlive: 10_000,
    });
    const death = new Death(redis);
    const late = AbortSignal.timeout(timeoutMs);
    const stop = () => {
      death.note(new RedisLinkLost(late.aborted ? `no answer within ${timeoutMs} ms` : 'stopped'));
      redis.disconnect();
    };
    const removals = [onAbort(late, stop), onAbort(signal, stop)];
    try {
      // The client's own words for a failed connection are vaguer than the error that came before it.
      await redis.connect().catch((error: unknown) => Promise.reject(death.cause ?? linkLost(error)));
      const info = await death.race(enter(redis, endpoint, options.name, late));
      return new RedisLink(redis, death, info);
    } catch (error) {
      redis.disconnect();
      signal.throwIfAborted();
      throw error;
    } finally {
      for (const remove of removals) remove();
    }
  }

  /** Resolves with the cause when the connection has ended. */
  get closed(): Promise<RedisLinkLost> {
    return this.#death.happened;
  }

  get alive(): boolean {
    return !this.#death.over;
  }

  call(command: string, ...args: readonly RedisArgument[]): Promise<Reply> {
    return this.#death.race(perform(this.#redis, command, args));
  }

  /** Writes all commands at once; the answers come in their order, an error in the place of the command that it answers. */
  async pipeline(
    commands: readonly (readonly [string, ...RedisArgument[]])[],
  ): Promise<readonly (Reply | RedisReplyError)[]> {
    if (commands.length === 0) return [];
    const pipeline = this.#redis.pipeline();
    for (const [command, ...args] of commands) pipeline.call(command, ...args.map(String));
    const answers = await this.race(pipeline.exec().catch((error: unknown) => Promise.reject(translated(error))));
    return (answers ?? []).map(([error, reply]) => {
      if (error === null) return reply as Reply;
      const fault = translated(error);
      if (fault instanceof RedisLinkLost) throw fault;
      return fault;
    });
  }

  /** The promise's outcome, or the loss of this connection if that comes first. */
  race<T>(promise: Promise<T>): Promise<T> {
    return this.#death.race(promise);
  }

  /** Ends the connection, also one that no longer answers. */
  close(because = 'closed'): void {
    this.#death.note(new RedisLinkLost(because));
    this.#redis.disconnect();
    this.#death.settle();
  }
}

/** Why a connection ended: the first cause that anybody gave. */
class Death {
  cause: RedisLinkLost | undefined;
  over = false;
  readonly happened: Promise<RedisLinkLost>;
  #settle: () => void = () => undefined;
  readonly #waiting = new Set<(cause: RedisLinkLost) => void>();

  constructor(redis: Redis) {
    this.happened = new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
    this.#settle = () => {
      this.over = true;
      const cause = this.cause ?? new RedisLinkLost('the server closed the connection');
      this.cause = cause;
      for (const wake of this.#waiting) wake(cause);
      this.#waiting.clear();
    };
    redis.on('error', (error: unknown) => this.note(linkLost(error)));
    redis.on('close', () => this.settle());
    redis.on('end', () => this.settle());
  }

  note(cause: RedisLinkLost): void {
    this.cause ??= cause;
  }

  settle(): void {
    this.#settle();
  }

  /** A set of waiters rather than `Promise.race` on one promise, which would keep every call's reaction until the end. */
  race<T>(promise: Promise<T>): Promise<T> {
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

/** All at once, as a server far away answers each question only after a while. */
async function enter(redis: Redis, endpoint: RedisEndpoint, name: string, late: AbortSignal): Promise<RedisServerInfo> {
  const { username, password, database } = endpoint;
  for (;;) {
    const secret = password?.reveal();
    const [authenticated, selected, answered, , info] = await Promise.allSettled([
      secret === undefined ? 'OK' : perform(redis, 'auth', username === undefined ? [secret] : [username, secret]),
      perform(redis, 'select', [database]),
      perform(redis, 'ping', []),
      // Not being allowed a name, or to ask who the server is, is no reason to stay outside.
      perform(redis, 'client', ['setname', name]),
      perform(redis, 'info', ['server']),
    ]);
    const failed = [authenticated, selected, answered].find((each) => each.status === 'rejected');
    if (failed === undefined) return infoOf(info.status === 'fulfilled' ? String(info.value) : '', endpoint);
    if (late.aborted || !isBusy(failed.reason)) throw failed.reason;
    await sleep(50);
  }
}

const isBusy = (error: unknown): boolean => error instanceof RedisReplyError && /^(LOADING|BUSY) /.test(error.message);

function infoOf(info: string, { display }: RedisEndpoint): RedisServerInfo {
  return {
    // A user without the right to INFO gets no identity; the same words each time, so that nothing looks replaced.
    instance: field(info, 'run_id') ?? `unnamed ${display}`,
    version: field(info, 'valkey_version') ?? field(info, 'redis_version') ?? 'unknown',
  };
}

const field = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];

function perform(redis: Redis, command: string, args: readonly RedisArgument[]): Promise<Reply> {
  return redis.call(command, ...args.map(String)).then(
    (reply) => reply as Reply,
    (error: unknown) => Promise.reject(translated(error)),
  );
}

function translated(error: unknown): RedisReplyError | RedisLinkLost {
  if (error instanceof RedisReplyError || error instanceof RedisLinkLost) return error;
  if (error instanceof Error && error.name === 'ReplyError') return new RedisReplyError(error.message);
  return linkLost(error);
}

function linkLost(error: unknown): RedisLinkLost {
  if (error instanceof RedisLinkLost) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return new RedisLinkLost(error instanceof Error ? error.message : String(error), code);
}
