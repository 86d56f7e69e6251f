import { type LockHolder, TmError } from '../../model/fault.ts';
import { type PeerName, type TestName, testName } from '../../model/names.ts';
import type { Bus, Buses, RedisLock } from '../../ports/bus.ts';
import { MemoryConnection, unreachable } from './bus-connection.ts';
import { MemoryListening } from './bus-listening.ts';
import { appendEvents } from './event-history.ts';
import type { MemoryRedis, MemoryRedisClient, MemoryRedisServer } from './redis-memory.ts';
import { type MemoryPlace, placeOf } from './status-reader.ts';

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

interface Outstanding {
  readonly message: number;
  readonly command: string;
}

class MemoryBus implements Bus {
  readonly #redis: MemoryRedis;
  readonly #client: MemoryRedisClient;
  readonly #connection: MemoryConnection;
  /** Sent and not yet taken, oldest first. */
  readonly #outstanding = new Map<PeerName, Outstanding[]>();
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
    this.#connection = new MemoryConnection(redis.clock, (because) => this.#gaveUp(because));
    this.#client = {
      changed: (change) => {
        if (!this.#connection.isUp) return;
        if (change.kind === 'taken') this.#receipts(change.peer);
        if (change.kind === 'events') this.#connection.wake();
        this.#listening?.changed(change);
      },
      lost: (because) => {
        if (this.#connection.lost(because)) this.#listening?.lost(because);
      },
      restored: () => this.#restored(),
      killed: () => {
        this.#connection.killed();
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
    await this.#connection.up(signal);
    for (const peer of peers) {
      this.#server.statuses.delete(peer);
      this.#server.history.delete(peer);
      this.#server.logs.delete(peer);
      this.#server.heartbeats.delete(peer);
      this.#server.commands.delete(peer);
      this.#outstanding.delete(peer);
    }
  }

  async replicate(...[peers, signal]: Parameters<Bus['replicate']>): Promise<boolean> {
    await this.#connection.up(signal);
    if (this.#redis.replicationRefused || this.#listening !== undefined) return false;
    if (peers.length > 0 && peers.every((peer) => this.#places.has(peer))) return true;
    this.#places = new Map(peers.map((peer) => [peer, placeOf(this.#server, peer)]));
    return true;
  }

  async ask(...[test, request, signal]: Parameters<Bus['ask']>): Promise<void> {
    await this.#connection.up(signal);
    this.#redis.pushRequest(test, request);
  }

  async listen(...[test, peers, listener, signal]: Parameters<Bus['listen']>): Promise<MemoryListening> {
    await this.#connection.up(signal);
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
      up: (until) => this.#connection.up(until),
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
    await this.#connection.up(signal);
    const outstanding = this.#outstanding.get(peer) ?? [];
    this.#outstanding.set(peer, outstanding);
    outstanding.push({ message, command });
    written?.();
    this.#redis.pushCommand(peer, command);
    if (travel !== undefined) await this.#inTurn('back', travel);
    return message;
  }

  async status(peer: PeerName, signal: AbortSignal): Promise<string | undefined> {
    await this.#connection.up(signal);
    return this.#server.statuses.get(peer);
  }

  async heartbeats(...[peers, signal]: Parameters<Bus['heartbeats']>): ReturnType<Bus['heartbeats']> {
    await this.#connection.up(signal);
    const { heartbeats } = this.#server;
    return new Map(
      peers.flatMap((peer) => {
        const text = heartbeats.get(peer);
        return text === undefined ? [] : [[peer, text] as const];
      }),
    );
  }

  async lock(...[holder, signal]: Parameters<Bus['lock']>): ReturnType<Bus['lock']> {
    await this.#connection.up(signal);
    const heldBy = this.#redis.takeLock(holder);
    if (heldBy !== undefined) return { heldBy };
    // What was asked of an earlier run is not for this one.
    this.#server.requests.delete(testName(holder.test));
    this.#lock = holder;
    const lock: RedisLock = {
      held: true,
      [Symbol.asyncDispose]: async () => {
        if (this.#connection.isUp) this.#redis.freeLock(holder);
      },
    };
    return lock;
  }

  async holder(...[machine, signal]: Parameters<Bus['holder']>): ReturnType<Bus['holder']> {
    await this.#connection.up(signal);
    return this.#redis.lockHolder(machine);
  }

  async markUsed(...[test, run, at]: Parameters<Bus['markUsed']>): Promise<void> {
    await this.#connection.up();
    const runs = this.#server.used.get(test) ?? new Map();
    this.#server.used.set(test, runs.set(run, at));
  }

  async usedRuns(...[test, signal]: Parameters<Bus['usedRuns']>): ReturnType<Bus['usedRuns']> {
    await this.#connection.up(signal);
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
    if (this.#connection.isOver) return;
    await this.#connection.up().catch(() => undefined);
    if (!this.#connection.isUp) return;
    appendEvents(this.#server, test, lines);
    this.#redis.tell({ kind: 'events', test });
  }

  async *follow(test: TestName, signal: AbortSignal): AsyncGenerator<string> {
    let server: MemoryRedisServer | undefined;
    let next = 0;
    const ended = () => this.#connection.wake();
    signal.addEventListener('abort', ended, { once: true });
    try {
      while (!signal.aborted) {
        await this.#connection.up(signal);
        if (server !== this.#server) {
          server = this.#server;
          next = server.events.get(test)?.start ?? 0;
        }
        const line = server.events.get(test)?.lines[next];
        if (line === undefined) {
          await this.#connection.woken();
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
    if (this.#connection.isKilled) return;
    await this.#listening?.[Symbol.asyncDispose]();
    if (this.#lock !== undefined) this.#redis.letLockExpire(this.#lock);
    this.#connection.close();
    this.#redis.detach(this.#client);
    this.#connection.wake();
  }

  /** One connection: what is slow on its way holds up what comes behind it. */
  #inTurn(way: 'there' | 'back', travel: NonNullable<MemoryRedis['travel']>): Promise<void> {
    this.#ways[way] = this.#ways[way].then(() => travel(way));
    return this.#ways[way];
  }

  #gaveUp(because: string): void {
    this.#redis.detach(this.#client);
    this.#listening?.gaveUp({ kind: 'unreachable', what: 'redis', message: `Redis is lost: ${because}` });
  }

  #restored(): void {
    if (!this.#connection.restored()) return;
    const emptied = this.#server !== this.#redis.server;
    this.#server = this.#redis.server;
    for (const [peer, outstanding] of this.#outstanding) {
      // A server that came back empty has lost the queue: what no peer took is sent again.
      if (emptied) for (const { command } of outstanding) this.#redis.pushCommand(peer, command);
      else this.#receipts(peer);
    }
    this.#listening?.restored();
    this.#connection.wake();
  }

  #receipts(peer: PeerName): void {
    const outstanding = this.#outstanding.get(peer) ?? [];
    const waiting = this.#server.commands.get(peer)?.length ?? 0;
    while (outstanding.length > waiting && this.#listening !== undefined) {
      this.#listening.taken({ peer, message: outstanding.shift()!.message });
    }
  }
}
