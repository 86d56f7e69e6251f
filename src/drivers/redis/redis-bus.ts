import { randomBytes } from 'node:crypto';
import { TmError } from '../../model/fault.ts';
import { type PeerName, runId, type TestName, testName } from '../../model/names.ts';
import { heartbeatKey, peerKeys, statusKey } from '../../model/wire.ts';
import type { Bus, Buses, Listening } from '../../ports/bus.ts';
import { abortable } from './abortable.ts';
import { followEvents } from './event-follow.ts';
import { EventPublisher } from './event-publisher.ts';
import { dropRequests, putRequest } from './hand-requests.ts';
import { openReplicaFeed } from './open-replica-feed.ts';
import { eventsKey, eventsStartKey, IN_FLIGHT_KEY, sentKey, usedKey } from './own-keys.ts';
import type { Reply } from './redis-call.ts';
import type { RedisLink } from './redis-link.ts';
import { RedisListening } from './redis-listening.ts';
import { processAlive, redisLockHolder, takeRedisLock } from './redis-lock.ts';
import { RedisSession, SESSION_LIMITS, type SessionLimits } from './redis-session.ts';
import { parseRedisUrl } from './redis-url.ts';
import type { ReplicaFeed } from './replica-feed.ts';
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
  /** The replication stream, until somebody listens. */
  #feed: ReplicaFeed | undefined;

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
    const keys = peers.flatMap(peerKeys);
    await this.#session.run('the deletion of old keys', (link) => link.call('del', IN_FLIGHT_KEY, ...keys), signal);
    this.#sends.cleared(peers);
    if (this.#listening instanceof RedisListening) this.#listening.cleared(peers);
  }

  async replicate(...[peers, signal]: Parameters<Bus['replicate']>): Promise<boolean> {
    if (this.#listening !== undefined) return false;
    const known = new Set(this.#feed?.peers);
    if (this.#feed !== undefined && this.#feed.state !== 'off' && peers.every((peer) => known.has(peer))) return true;
    this.#feed?.close();
    this.#feed = await openReplicaFeed(this.#session, this.#id, peers, signal);
    return this.#feed !== undefined;
  }

  async ask(...[test, request, signal]: Parameters<Bus['ask']>): Promise<void> {
    await this.#session.run('a request', (link) => putRequest(link, test, request), signal);
  }

  async listen(...[test, peers, listener, signal]: Parameters<Bus['listen']>): Promise<Listening> {
    if (this.#listening !== undefined) {
      throw new TmError({ kind: 'failed', message: 'somebody listens to the peers already' });
    }
    this.#listening = 'opening';
    const closed = () => {
      this.#listening = undefined;
    };
    try {
      const feed = this.#takeFeed(peers);
      const [session, sends] = [this.#session, this.#sends];
      const options = { bus: this.#id, session, sends, test, peers, listener, feed, closed };
      this.#listening = await RedisListening.open(options, signal);
      return this.#listening;
    } catch (error) {
      closed();
      throw error;
    }
  }

  send(...[peer, command, signal, written]: Parameters<Bus['send']>): Promise<number> {
    return this.#sends.send(peer, command, signal, written);
  }

  async status(peer: PeerName, signal: AbortSignal): Promise<string | undefined> {
    const reply = await this.#session.run('a status', (link) => link.call('get', statusKey(peer)), signal);
    return typeof reply === 'string' ? reply : undefined;
  }

  async heartbeats(...[peers, signal]: Parameters<Bus['heartbeats']>): ReturnType<Bus['heartbeats']> {
    if (peers.length === 0) return new Map();
    const keys = peers.map(heartbeatKey);
    const reply = await this.#session.run('the heartbeats', (link) => link.call('mget', ...keys), signal);
    const texts = reply as readonly Reply[];
    return new Map(peers.flatMap((peer, i) => (typeof texts[i] === 'string' ? [[peer, texts[i]] as const] : [])));
  }

  async lock(...[holder, signal]: Parameters<Bus['lock']>): ReturnType<Bus['lock']> {
    const lock = await takeRedisLock(this.#session, holder, processAlive, signal);
    // What was asked of an earlier run is not for this one.
    const drop = (link: RedisLink) => dropRequests(link, testName(holder.test));
    if ('held' in lock) await this.#session.run('the start of a run', drop, signal);
    return lock;
  }

  holder(...[machine, signal]: Parameters<Bus['holder']>): ReturnType<Bus['holder']> {
    return redisLockHolder(this.#session, machine, processAlive, signal);
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
    await this.#session.run('the end of a run', (link) => dropRequests(link, test), signal);
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

  /** It is for the first who listens to no peers but its own. */
  #takeFeed(peers: readonly PeerName[]): ReplicaFeed | undefined {
    const feed = this.#feed;
    this.#feed = undefined;
    const known = new Set(feed?.peers);
    if (feed === undefined || peers.every((peer) => known.has(peer))) return feed;
    feed.close();
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed?.close();
    if (this.#listening instanceof RedisListening) await this.#listening[Symbol.asyncDispose]();
    // What was published last is on its way; a Redis that is away is not waited for.
    await abortable(this.#events.flushed(), AbortSignal.timeout(1_000)).catch(() => undefined);
    await this.#session
      .run('the end', (link) => link.call('del', sentKey(this.#id)), AbortSignal.timeout(1_000))
      .catch(() => undefined);
    await this.#session.close();
  }
}
