import { type LockHolder, TmError } from '../../model/fault.ts';
import { type PeerName, type TestName, testName } from '../../model/names.ts';
import type { Bus, Buses, RedisLock } from '../../ports/bus.ts';
import { MemoryListening } from './bus-listening.ts';
import { appendEvents } from './event-history.ts';
import type { MemoryRedis, MemoryRedisClient, MemoryRedisServer } from './redis-memory.ts';
import { type MemoryPlace, placeOf } from './status-reader.ts';

/** Milliseconds for which a lost connection is made again before it is given up. */
const GIVE_UP_MS = 60_000;

/** Opens buses to a Redis in memory. Everything happens in promises and by the clock of that Redis, so it can be replayed. */
export function memoryBuses(redis: MemoryRedis): Buses {
  return {
    async connect(url, signal) {
      signal.throwIfAborted();
      if (redis.lostBecause !== undefined) throw unreachable(redis.lostBecause);
      const { password } = redis.server;
      const given = decodeURIComponent(new URL(url.reveal()).password);
      if (password !== undefined && given !== password) throw unreachable('the password is wrong');
      return new MemoryBus(redis);
    },
  };
}

const unreachable = (because: string): TmError =>
  new TmError({ kind: 'unreachable', what: 'redis', message: `Redis cannot be reached: ${because}` });

interface Outstanding {
  readonly message: number;
  readonly command: string;
}

class MemoryBus implements Bus {
  readonly #redis: MemoryRedis;
  readonly #client: MemoryRedisClient;
  readonly #waiters = new Set<() => void>();
  /** Sent and not yet taken, oldest first. */
  readonly #outstanding = new Map<PeerName, Outstanding[]>();
  #state: 'up' | 'lost' | 'dead' | 'killed' | 'closed' = 'up';
  #because = '';
  #giveUp = new AbortController();
  #listening: MemoryListening | undefined;
  #messages = 0;
  readonly #ways = { there: Promise.resolve(), back: Promise.resolve() };
  /** Where the replication stream was at `replicate`; empty where it is not read. */
  #places: ReadonlyMap<PeerName, MemoryPlace> = new Map();
  #lock: LockHolder | undefined;
  #server: MemoryRedisServer;

  constructor(redis: MemoryRedis) {
    this.#redis = redis;
    this.#server = redis.server;
    this.#client = {
      changed: (change) => {
        if (this.#state !== 'up') return;
        if (change.kind === 'taken') this.#receipts(change.peer);
        if (change.kind === 'events') this.#wake();
        this.#listening?.changed(change);
      },
      lost: (because) => this.#lost(because),
      restored: () => this.#restored(),
      killed: () => {
        this.#state = 'killed';
        this.#giveUp.abort();
        this.#listening?.killed();
      },
    };
    redis.attach(this.#client);
  }

  get instance(): string {
    return this.#server.instance;
  }

  get version(): string {
    return this.#server.version;
  }

  async clear(peers: readonly PeerName[], signal: AbortSignal): Promise<void> {
    await this.#up(signal);
    for (const peer of peers) {
      this.#server.statuses.delete(peer);
      this.#server.history.delete(peer);
      this.#server.logs.delete(peer);
      this.#server.commands.delete(peer);
      this.#outstanding.delete(peer);
    }
  }

  async replicate(...[peers, signal]: Parameters<Bus['replicate']>): Promise<boolean> {
    await this.#up(signal);
    if (this.#redis.replicationRefused || this.#listening !== undefined) return false;
    if (peers.length > 0 && peers.every((peer) => this.#places.has(peer))) return true;
    this.#places = new Map(peers.map((peer) => [peer, placeOf(this.#server, peer)]));
    return true;
  }

  async ask(...[test, request, signal]: Parameters<Bus['ask']>): Promise<void> {
    await this.#up(signal);
    this.#redis.pushRequest(test, request);
  }

  async listen(...[test, peers, listener, signal]: Parameters<Bus['listen']>): Promise<MemoryListening> {
    await this.#up(signal);
    if (this.#listening !== undefined) {
      throw new TmError({ kind: 'failed', message: 'somebody listens to the peers already' });
    }
    const places = this.#places;
    this.#places = new Map();
    const replicated = peers.length > 0 && peers.every((peer) => places.has(peer));
    const listening = new MemoryListening({
      test,
      peers,
      listener,
      precision: replicated ? 'replicated' : this.#redis.configRefused ? 'polled' : 'notified',
      places,
      server: () => this.#server,
      up: (until) => this.#up(until),
      ended: () => {
        if (this.#listening === listening) this.#listening = undefined;
      },
    });
    this.#listening = listening;
    for (const peer of peers) this.#receipts(peer);
    return listening;
  }

  async send(...[peer, command, signal, written]: Parameters<Bus['send']>): Promise<number> {
    // Numbered before any wait, so that messages keep the order of the calls.
    this.#messages += 1;
    const message = this.#messages;
    const { travel } = this.#redis;
    if (travel !== undefined) await this.#inTurn('there', travel);
    await this.#up(signal);
    const outstanding = this.#outstanding.get(peer) ?? [];
    this.#outstanding.set(peer, outstanding);
    outstanding.push({ message, command });
    written?.();
    this.#redis.pushCommand(peer, command);
    if (travel !== undefined) await this.#inTurn('back', travel);
    return message;
  }

  async status(peer: PeerName, signal: AbortSignal): Promise<string | undefined> {
    await this.#up(signal);
    return this.#server.statuses.get(peer);
  }

  async lock(...[holder, signal]: Parameters<Bus['lock']>): ReturnType<Bus['lock']> {
    await this.#up(signal);
    const heldBy = this.#redis.takeLock(holder);
    if (heldBy !== undefined) return { heldBy };
    // What was asked of an earlier run is not for this one.
    this.#server.requests.delete(testName(holder.test));
    this.#lock = holder;
    const lock: RedisLock = {
      held: true,
      [Symbol.asyncDispose]: async () => {
        if (this.#state === 'up') this.#redis.freeLock(holder);
      },
    };
    return lock;
  }

  async holder(...[machine, signal]: Parameters<Bus['holder']>): ReturnType<Bus['holder']> {
    await this.#up(signal);
    return this.#redis.lockHolder(machine);
  }

  async markUsed(...[test, run, at]: Parameters<Bus['markUsed']>): Promise<void> {
    await this.#up();
    const runs = this.#server.used.get(test) ?? new Map();
    this.#server.used.set(test, runs.set(run, at));
  }

  async usedRuns(...[test, signal]: Parameters<Bus['usedRuns']>): ReturnType<Bus['usedRuns']> {
    await this.#up(signal);
    return [...(this.#server.used.get(test) ?? [])].map(([run, at]) => ({ run, at }));
  }

  async retire(...[test, peers, keepSeconds, signal]: Parameters<Bus['retire']>): Promise<void> {
    await this.clear(peers, signal);
    this.#server.requests.delete(test);
    // Time is not played for what only watchers read: with an expiry it stays, without one it goes.
    if (keepSeconds > 0) return;
    this.#server.used.delete(test);
    this.#server.events.delete(test);
  }

  async publish(test: TestName, lines: readonly string[]): Promise<void> {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    await this.#up().catch(() => undefined);
    if (this.#state !== 'up') return;
    appendEvents(this.#server, test, lines);
    this.#redis.tell({ kind: 'events', test });
  }

  async *follow(test: TestName, signal: AbortSignal): AsyncGenerator<string> {
    let server: MemoryRedisServer | undefined;
    let next = 0;
    const ended = () => this.#wake();
    signal.addEventListener('abort', ended, { once: true });
    try {
      while (!signal.aborted) {
        await this.#up(signal);
        if (server !== this.#server) {
          server = this.#server;
          next = server.events.get(test)?.start ?? 0;
        }
        const line = server.events.get(test)?.lines[next];
        if (line === undefined) {
          await new Promise<void>((resolve) => this.#waiters.add(resolve));
          continue;
        }
        next += 1;
        yield line;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', ended);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'killed') return;
    await this.#listening?.[Symbol.asyncDispose]();
    if (this.#lock !== undefined) this.#redis.letLockExpire(this.#lock);
    this.#state = 'closed';
    this.#giveUp.abort();
    this.#redis.detach(this.#client);
    this.#wake();
  }

  /** Resolves while the connection stands; waits for a lost one; rejects once it was given up or closed. */
  async #up(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#state !== 'up') {
      if (this.#state === 'killed') await new Promise(() => undefined);
      if (this.#state === 'dead') throw unreachable(this.#because);
      if (this.#state === 'closed')
        throw new TmError({ kind: 'failed', message: 'the connection to Redis was closed' });
      await new Promise<void>((resolve) => {
        this.#waiters.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      signal?.throwIfAborted();
    }
  }

  /** One connection: what is slow on its way holds up what comes behind it. */
  #inTurn(way: 'there' | 'back', travel: NonNullable<MemoryRedis['travel']>): Promise<void> {
    this.#ways[way] = this.#ways[way].then(() => travel(way));
    return this.#ways[way];
  }

  #lost(because: string): void {
    if (this.#state !== 'up') return;
    this.#state = 'lost';
    this.#because = because;
    this.#giveUp = new AbortController();
    const { clock } = this.#redis;
    clock.sleepUntil(clock.now() + GIVE_UP_MS, this.#giveUp.signal).then(
      () => this.#dead(),
      () => undefined,
    );
    this.#listening?.lost(because);
  }

  #dead(): void {
    if (this.#state !== 'lost') return;
    this.#state = 'dead';
    this.#redis.detach(this.#client);
    this.#listening?.gaveUp({ kind: 'unreachable', what: 'redis', message: `Redis is lost: ${this.#because}` });
    this.#wake();
  }

  #restored(): void {
    if (this.#state !== 'lost') return;
    this.#giveUp.abort();
    this.#state = 'up';
    const emptied = this.#server !== this.#redis.server;
    this.#server = this.#redis.server;
    for (const [peer, outstanding] of this.#outstanding) {
      // A server that came back empty has lost the queue: what no peer took is sent again.
      if (emptied) for (const { command } of outstanding) this.#redis.pushCommand(peer, command);
      else this.#receipts(peer);
    }
    this.#listening?.restored();
    this.#wake();
  }

  #receipts(peer: PeerName): void {
    const outstanding = this.#outstanding.get(peer) ?? [];
    const waiting = this.#server.commands.get(peer)?.length ?? 0;
    while (outstanding.length > waiting && this.#listening !== undefined) {
      this.#listening.taken({ peer, message: outstanding.shift()!.message });
    }
  }

  #wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}
