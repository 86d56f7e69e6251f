import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import { onAbort } from './abortable.ts';
import { LinkDeath } from './link-death.ts';
import { linkLost, perform, type RedisArgument, type Reply, translated } from './redis-call.ts';
import { enterRedis, type RedisServerInfo } from './redis-entry.ts';
import { RedisLinkLost, type RedisReplyError } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';

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
  readonly #death: LinkDeath;
  /** Told of each message on a subscribed channel, in the server's order. */
  onMessage: ((channel: string, message: string) => void) | undefined;

  private constructor(redis: Redis, death: LinkDeath, info: RedisServerInfo) {
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
    const death = new LinkDeath(redis);
    const late = AbortSignal.timeout(timeoutMs);
    const stop = () => {
      death.note(new RedisLinkLost(late.aborted ? `no answer within ${timeoutMs} ms` : 'stopped'));
      redis.disconnect();
    };
    const removals = [onAbort(late, stop), onAbort(signal, stop)];
    try {
      // The client's own words for a failed connection are vaguer than the error that came before it.
      await redis.connect().catch((error: unknown) => Promise.reject(death.cause ?? linkLost(error)));
      const info = await death.race(enterRedis(redis, endpoint, options.name, late));
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
