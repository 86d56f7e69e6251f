import { randomBytes } from 'node:crypto';
import { TmError } from '../../model/fault.ts';
import { type PeerName, runId, type TestName } from '../../model/names.ts';
import { commandKey, logKey, statusKey } from '../../model/wire.ts';
import type { Bus, Buses, Listening } from '../../ports/bus.ts';
import { abortable } from './abortable.ts';
import { followEvents } from './event-follow.ts';
import { EventPublisher } from './event-publisher.ts';
import { eventsKey, eventsStartKey, IN_FLIGHT_KEY, sentKey, usedKey } from './own-keys.ts';
import { RedisListening } from './redis-listening.ts';
import { processAlive, takeRedisLock } from './redis-lock.ts';
import { RedisSession, SESSION_LIMITS, type SessionLimits } from './redis-session.ts';
import { parseRedisUrl } from './redis-url.ts';
import { SendQueue } from './send-queue.ts';

/** Opens buses over real connections. `limits` are for tests that cannot wait as long as people. */
export function redisBuses(limits: SessionLimits = SESSION_LIMITS): Buses {
  return {
    async connect(url, signal) {
      return RedisBus.open(await RedisSession.open(parseRedisUrl(url), limits, signal), signal);
    },
  };
}

/** A bus on one connection, on two while it listens, and one more for each `follow`. */
class RedisBus implements Bus {
  readonly #id = randomBytes(6).toString('hex');
  readonly #session: RedisSession;
  readonly #sends: SendQueue;
  readonly #events = new EventPublisher();
  #listening: RedisListening | 'opening' | undefined;

  private constructor(session: RedisSession) {
    this.#session = session;
    this.#sends = new SendQueue(this.#id);
  }

  static async open(session: RedisSession, signal: AbortSignal): Promise<RedisBus> {
    const bus = new RedisBus(session);
    try {
      await session.join(bus.#sends, signal);
      await session.join(bus.#events, signal);
      return bus;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get instance(): string {
    return this.#session.server.instance;
  }

  get version(): string {
    return this.#session.server.version;
  }

  async clear(peers: readonly PeerName[], signal: AbortSignal): Promise<void> {
    // The batch in flight is of lines that these lists held.
    const keys = peers.flatMap((peer) => [commandKey(peer), statusKey(peer), logKey(peer)]).concat(IN_FLIGHT_KEY);
    await this.#session.run('the deletion of old keys', (link) => link.call('del', ...keys), signal);
    this.#sends.cleared(peers);
  }

  async listen(...[peers, listener, signal]: Parameters<Bus['listen']>): Promise<Listening> {
    if (this.#listening !== undefined) {
      throw new TmError({ kind: 'failed', message: 'somebody listens to the peers already' });
    }
    this.#listening = 'opening';
    const closed = () => {
      this.#listening = undefined;
    };
    try {
      const options = { bus: this.#id, session: this.#session, sends: this.#sends, peers, listener, closed };
      this.#listening = await RedisListening.open(options, signal);
      return this.#listening;
    } catch (error) {
      closed();
      throw error;
    }
  }

  send(peer: PeerName, command: string, signal: AbortSignal): Promise<number> {
    return this.#sends.send(peer, command, signal);
  }

  async status(peer: PeerName, signal: AbortSignal): Promise<string | undefined> {
    const reply = await this.#session.run('a status', (link) => link.call('get', statusKey(peer)), signal);
    return typeof reply === 'string' ? reply : undefined;
  }

  lock(...[holder, signal]: Parameters<Bus['lock']>): ReturnType<Bus['lock']> {
    return takeRedisLock(this.#session, holder, processAlive, signal);
  }

  async markUsed(...[test, run, at]: Parameters<Bus['markUsed']>): Promise<void> {
    await this.#session.run('a note', (link) => link.call('hset', usedKey(test), run, at));
    // An earlier run may have left it with an expiry.
    await this.#session.run('a note', (link) => link.call('persist', usedKey(test)));
  }

  async usedRuns(...[test, signal]: Parameters<Bus['usedRuns']>): ReturnType<Bus['usedRuns']> {
    const reply = await this.#session.run('a note', (link) => link.call('hgetall', usedKey(test)), signal);
    // The one answer that the client library turns into an object.
    const runs = Object.entries(reply as unknown as Readonly<Record<string, string>>);
    return runs.map(([run, at]) => ({ run: runId(run), at }));
  }

  async retire(...[test, peers, keepSeconds, signal]: Parameters<Bus['retire']>): Promise<void> {
    await this.clear(peers, signal);
    const own = [usedKey(test), eventsKey(test), eventsStartKey(test)];
    for (const key of own) {
      await this.#session.run('the end of a run', (link) => link.call('expire', key, keepSeconds), signal);
    }
  }

  publish(test: TestName, lines: readonly string[]): Promise<void> {
    return this.#events.publish(test, lines);
  }

  follow(test: TestName, signal: AbortSignal): AsyncIterable<string> {
    return followEvents(this.#session.endpoint, this.#session.limits, test, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#listening instanceof RedisListening) await this.#listening[Symbol.asyncDispose]();
    // What was published last is on its way; a Redis that is away is not waited for.
    await abortable(this.#events.flushed(), AbortSignal.timeout(1_000)).catch(() => undefined);
    await this.#session
      .run('the end', (link) => link.call('del', sentKey(this.#id)), AbortSignal.timeout(1_000))
      .catch(() => undefined);
    await this.#session.close();
  }
}
