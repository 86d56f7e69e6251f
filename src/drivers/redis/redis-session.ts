import { setTimeout as sleep } from 'node:timers/promises';
import { TmError } from '../../model/fault.ts';
import { abortable } from './abortable.ts';
import type { RedisServerInfo } from './redis-entry.ts';
import { RedisLinkLost, RedisReplyError, redisRefused, redisUnreachable } from './redis-fault.ts';
import { RedisLink } from './redis-link.ts';
import type { RedisEndpoint } from './redis-url.ts';

/** Bounds of a session, in milliseconds. */
export interface SessionLimits {
  /** For one attempt to connect. */
  readonly connectMs: number;
  /** For which a lost connection is made again before it is given up. */
  readonly giveUpMs: number;
  /** Between two questions whether the server still answers; one without an answer for four times as long is lost. */
  readonly heartbeatMs: number;
}

export const SESSION_LIMITS: SessionLimits = { connectMs: 10_000, giveUpMs: 60_000, heartbeatMs: 2_500 };

/** A part of the bus that keeps state in the connection. */
export interface SessionMember {
  /** A new connection stands: what this part needs is set up again before anybody else uses it. A loss of `link` is thrown on. */
  connected(link: RedisLink): Promise<void>;
  lost?(because: string): void;
  /** Reconnecting has been given up. */
  ended?(fault: TmError): void;
}

type State =
  | { readonly kind: 'up'; readonly link: RedisLink }
  | { readonly kind: 'lost' }
  | { readonly kind: 'over'; readonly fault: TmError };

/**
 * The bus's connection for commands, made again when it is lost:
 *
 * ```
 *   up ──a link breaks──► lost ──connected, members set up──► up
 *    │                     │ giveUpMs
 *    └──close──► over ◄────┘
 * ```
 */
export class RedisSession {
  readonly endpoint: RedisEndpoint;
  readonly limits: SessionLimits;
  server: RedisServerInfo;
  #state: State;
  readonly #members: SessionMember[] = [];
  readonly #beside = new Set<RedisLink>();
  readonly #waiting = new Set<() => void>();
  readonly #closing = new AbortController();

  private constructor(endpoint: RedisEndpoint, limits: SessionLimits, link: RedisLink) {
    this.endpoint = endpoint;
    this.limits = limits;
    this.server = link.info;
    this.#state = { kind: 'up', link };
    this.#watchOver(link);
  }

  /** Throws `unreachable` at the first failure: a server that is not there is for the caller to decide on. */
  static async open(endpoint: RedisEndpoint, limits: SessionLimits, signal: AbortSignal): Promise<RedisSession> {
    try {
      const link = await RedisLink.open(endpoint, { name: 'tm', timeoutMs: limits.connectMs }, signal);
      return new RedisSession(endpoint, limits, link);
    } catch (error) {
      signal.throwIfAborted();
      throw redisUnreachable(error, endpoint);
    }
  }

  /** Opens another connection to the same server. They live and break together, until `closeBeside`. */
  async openBeside(name: string): Promise<RedisLink> {
    const link = await RedisLink.open(this.endpoint, { name, timeoutMs: this.limits.connectMs }, this.#closing.signal);
    this.#beside.add(link);
    this.#watchOver(link);
    return link;
  }

  closeBeside(link: RedisLink): void {
    this.#beside.delete(link);
    link.close();
  }

  /** The connection as soon as there is one. Throws the fault of an ended session, or the signal's reason. */
  async up(signal?: AbortSignal): Promise<RedisLink> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#state.kind === 'up') return this.#state.link;
      if (this.#state.kind === 'over') throw this.#state.fault;
      let wake: () => void = () => undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      this.#waiting.add(wake);
      await abortable(woken, signal).finally(() => this.#waiting.delete(wake));
    }
  }

  /** Does something that may be repeated, again on the next connection when one breaks under it. `what` is for messages: `the lock`. */
  async run<T>(what: string, operation: (link: RedisLink) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      const link = await this.up(signal);
      try {
        return await abortable(operation(link), signal);
      } catch (error) {
        if (error instanceof RedisReplyError) throw redisRefused(what, error);
        if (!(error instanceof RedisLinkLost)) throw error;
        this.broken(link, error.message);
      }
    }
  }

  /** Adds a part and sets it up on the present connection. */
  async join(member: SessionMember, signal?: AbortSignal): Promise<void> {
    const link = await this.up(signal);
    this.#members.push(member);
    try {
      await abortable(member.connected(link), signal);
    } catch (error) {
      if (!(error instanceof RedisLinkLost)) {
        this.leave(member);
        throw error instanceof RedisReplyError ? redisRefused('to be listened to', error) : error;
      }
      // The next connection sets all parts up, this one among them.
      this.broken(link, error.message);
      await this.up(signal);
    }
  }

  leave(member: SessionMember): void {
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
  }

  /** Begins to reconnect, unless `link` is one that was already replaced. */
  broken(link: RedisLink, because: string): void {
    if (this.#state.kind !== 'up' || this.#state.link !== link) return;
    this.#state = { kind: 'lost' };
    link.close(because);
    this.#closeAllBeside();
    for (const member of [...this.#members]) member.lost?.(because);
    void this.#reconnect(because);
  }

  async close(): Promise<void> {
    const state = this.#state;
    const fault = new TmError({ kind: 'failed', message: 'the connection to Redis was closed' });
    this.#closing.abort(fault);
    this.#end(fault);
    this.#closeAllBeside();
    if (state.kind === 'up') state.link.close();
  }

  #closeAllBeside(): void {
    for (const link of [...this.#beside]) this.closeBeside(link);
  }

  async #reconnect(because: string): Promise<void> {
    const deadline = performance.now() + this.limits.giveUpMs;
    let last: unknown = new RedisLinkLost(because);
    for (let pause = 20; ; pause = Math.min(pause * 2, 1_000)) {
      let link: RedisLink | undefined;
      try {
        link = await RedisLink.open(
          this.endpoint,
          { name: 'tm', timeoutMs: Math.min(this.limits.connectMs, Math.max(1_000, deadline - performance.now())) },
          this.#closing.signal,
        );
        this.server = link.info;
        for (const member of [...this.#members]) await link.race(member.connected(link));
        this.#closing.signal.throwIfAborted();
        const dead = [link, ...this.#beside].find(({ alive }) => !alive);
        if (dead !== undefined) throw await dead.closed;
        this.#state = { kind: 'up', link };
        this.#watchOver(link);
        this.#wake();
        return;
      } catch (error) {
        last = error;
        link?.close();
        this.#closeAllBeside();
      }
      if (this.#closing.signal.aborted) return;
      if (performance.now() >= deadline) break;
      await sleep(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    const fault = redisUnreachable(last, this.endpoint);
    this.#end(fault);
    for (const member of [...this.#members]) member.ended?.(fault);
  }

  #end(fault: TmError): void {
    this.#state = { kind: 'over', fault };
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Notices that the connection ended, and asks now and then, since a network that swallows everything ends nothing. */
  #watchOver(link: RedisLink): void {
    const { heartbeatMs } = this.limits;
    let asked: number | undefined;
    const heartbeat = setInterval(() => {
      if (asked === undefined) {
        asked = performance.now();
        link.call('ping').then(
          () => {
            asked = undefined;
          },
          () => undefined,
        );
      } else if (performance.now() - asked > heartbeatMs * 4) {
        link.close(`no answer for ${Math.round((heartbeatMs * 4) / 1000)} s`);
      }
    }, heartbeatMs);
    heartbeat.unref();
    void link.closed.then((cause) => {
      clearInterval(heartbeat);
      const state = this.#state;
      // The death of a link beside it takes the first one along: the parts are set up again together.
      if (state.kind === 'up' && (state.link === link || this.#beside.has(link)))
        this.broken(state.link, cause.message);
    });
  }
}
