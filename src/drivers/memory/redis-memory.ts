import { type LockHolder, TmError } from '../../model/fault.ts';
import type { Labels } from '../../model/labels.ts';
import type { PeerName, RunId, TestName } from '../../model/names.ts';
import type { HandRequest } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';

/** What changed in the server; every client hears of it in the same turn. */
export type MemoryRedisChange =
  | { readonly kind: 'status'; readonly peer: PeerName; readonly status: MemoryStatus }
  | { readonly kind: 'log' | 'taken'; readonly peer: PeerName }
  | { readonly kind: 'asked'; readonly test: TestName }
  | { readonly kind: 'events'; readonly test: TestName };

/** A status as a peer SET it; `at`: it is also in the peer's stream, with this wall time in milliseconds. */
export interface MemoryStatus {
  readonly text: string;
  readonly at?: number;
}

/** A connection of tm, as the server sees it. */
export interface MemoryRedisClient {
  changed(change: MemoryRedisChange): void;
  lost(because: string): void;
  restored(): void;
  /** Its process was killed: nothing that it waits for settles, and it is told nothing more. */
  killed(): void;
}

export interface MemoryRedisOptions {
  readonly clock: Clock;
  /** Whether a process lives; asked about the holder of a lock. Default: all live. */
  readonly alive?: (pid: number) => boolean;
  /** The machine whose processes `alive` knows. Default: that of whoever wants the lock. */
  readonly machine?: string;
  /** `CONFIG SET` is refused there. */
  readonly configRefused?: boolean;
  /** Its replication stream is not to be had. */
  readonly replicationRefused?: boolean;
}

/** Milliseconds that a lock outlives its holder. */
const LEASE_MS = 30_000;

/** A Redis that lives in memory, for simulations: what it holds, who is connected, and the faults that befall it. */
export class MemoryRedis {
  readonly clock: Clock;
  readonly configRefused: boolean;
  readonly replicationRefused: boolean;
  readonly #alive: (pid: number) => boolean;
  readonly #machine: string | undefined;
  readonly #clients = new Set<MemoryRedisClient>();
  /** How long a command takes on its way to the server, and its answer on the way back; missing: no time at all. */
  travel: ((way: 'there' | 'back') => Promise<void>) | undefined;
  #generation = 0;
  #server: Server | undefined;
  #lostBecause: string | undefined;

  constructor(options: MemoryRedisOptions) {
    this.clock = options.clock;
    this.configRefused = options.configRefused ?? false;
    this.replicationRefused = options.replicationRefused ?? false;
    this.#alive = options.alive ?? (() => true);
    this.#machine = options.machine;
  }

  /** The running server. Throws `unreachable` where none runs. */
  get server(): Server {
    if (this.#server === undefined) {
      throw new TmError({
        kind: 'unreachable',
        what: 'redis',
        message: 'Redis refuses the connection',
        hint: 'start it',
      });
    }
    return this.#server;
  }

  get running(): Server | undefined {
    return this.#server;
  }

  /** Why connections fail at present, or undefined while they work. */
  get lostBecause(): string | undefined {
    return this.#lostBecause ?? (this.#server === undefined ? 'the server is gone' : undefined);
  }

  /** Starts a server with nothing in it. `labels` missing: somebody else's. */
  start(options: { readonly password?: string; readonly labels?: Labels; readonly port?: number } = {}): void {
    this.#generation += 1;
    this.#server = new Server(`memory-${this.#generation}`, options);
    if (this.#lostBecause === undefined) for (const client of [...this.#clients]) client.restored();
  }

  /** Ends the server; what it held is gone. Connections are lost until another one starts. */
  stop(because = 'the server has ended'): void {
    this.#server = undefined;
    for (const client of [...this.#clients]) client.lost(because);
  }

  /** Breaks every connection until `restoreConnections`; the server and its peers go on. */
  loseConnections(because = 'the network is gone'): void {
    this.#lostBecause = because;
    for (const client of [...this.#clients]) client.lost(because);
  }

  restoreConnections(): void {
    this.#lostBecause = undefined;
    if (this.#server !== undefined) for (const client of [...this.#clients]) client.restored();
  }

  /** Every tm that is connected dies at once, as by SIGKILL: unconfirmed lines stay, its lock lives on until its lease runs out. */
  kill(): void {
    for (const client of [...this.#clients]) client.killed();
    this.#clients.clear();
    const lock = this.#server?.lock;
    if (lock !== undefined) this.letLockExpire(lock.holder);
  }

  attach(client: MemoryRedisClient): void {
    this.#clients.add(client);
  }

  detach(client: MemoryRedisClient): void {
    this.#clients.delete(client);
  }

  /** A peer SETs its status; with `at` it also appends it to its stream. */
  setStatus(peer: PeerName, text: string, at?: number): void {
    const status: MemoryStatus = { text, ...(at === undefined ? {} : { at }) };
    const { statuses, history } = this.server;
    statuses.set(peer, text);
    listOf(history, peer).push(status);
    this.tell({ kind: 'status', peer, status });
  }

  /** A peer SETs its heartbeat, `<at>|<interval>`: nobody is told. */
  setHeartbeat(peer: PeerName, text: string): void {
    this.server.heartbeats.set(peer, text);
  }

  /** A peer writes `level|message`. */
  pushLog(peer: PeerName, line: string): void {
    listOf(this.server.logs, peer).push(line);
    this.tell({ kind: 'log', peer });
  }

  /** A peer's `BLPOP`: the oldest command, waited for until the signal, whose reason it rejects with. */
  async takeCommand(peer: PeerName, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const server = this.server;
    const command = listOf(server.commands, peer).shift();
    if (command !== undefined) {
      this.tell({ kind: 'taken', peer });
      return command;
    }
    return new Promise((resolve, reject) => {
      const taker = (next: string) => {
        signal.removeEventListener('abort', leave);
        resolve(next);
      };
      const leave = () => {
        const takers = listOf(server.takers, peer);
        takers.splice(takers.indexOf(taker), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      listOf(server.takers, peer).push(taker);
    });
  }

  /** Appends a command, or hands it to the peer that waits. */
  pushCommand(peer: PeerName, command: string): void {
    const taker = listOf(this.server.takers, peer).shift();
    if (taker === undefined) {
      listOf(this.server.commands, peer).push(command);
      return;
    }
    taker(command);
    this.tell({ kind: 'taken', peer });
  }

  /** Somebody wants a command sent by hand. */
  pushRequest(test: TestName, request: HandRequest): void {
    listOf(this.server.requests, test).push(request);
    this.tell({ kind: 'asked', test });
  }

  /** The holder that stands in the way of `holder`, or undefined after it was made the holder. */
  takeLock(holder: LockHolder): LockHolder | undefined {
    const other = this.lockHolder(this.#machine ?? holder.machine);
    if (other !== undefined) return other;
    this.server.lock = { holder };
    return undefined;
  }

  /** Who holds the lock, as seen from `machine`: nobody whose lease ran out, or who died there. */
  lockHolder(machine: string): LockHolder | undefined {
    const { lock } = this.server;
    if (lock === undefined || (lock.expires !== undefined && lock.expires <= this.clock.now())) return undefined;
    return lock.holder.machine === machine && !this.#alive(lock.holder.pid) ? undefined : lock.holder;
  }

  /** Its holder has released it. */
  freeLock(holder: LockHolder): void {
    const server = this.#server;
    if (server?.lock?.holder === holder) server.lock = undefined;
  }

  /** Its holder renews it no more. */
  letLockExpire(holder: LockHolder): void {
    const lock = this.#server?.lock;
    if (lock?.holder === holder) lock.expires ??= this.clock.now() + LEASE_MS;
  }

  tell(change: MemoryRedisChange): void {
    for (const client of [...this.#clients]) client.changed(change);
  }
}

/** What one incarnation of the server holds; another one has other contents. */
class Server {
  readonly instance: string;
  readonly version = '7.4.0';
  readonly password: string | undefined;
  readonly labels: Labels | undefined;
  readonly port: number | undefined;
  readonly statuses = new Map<PeerName, string>();
  /** Every SET since the peer's keys were last deleted, oldest first: what streams and the replication stream tell. */
  readonly history = new Map<PeerName, MemoryStatus[]>();
  readonly heartbeats = new Map<PeerName, string>();
  /** Oldest first. */
  readonly logs = new Map<PeerName, string[]>();
  /** Oldest first. */
  readonly commands = new Map<PeerName, string[]>();
  readonly takers = new Map<PeerName, ((command: string) => void)[]>();
  readonly used = new Map<TestName, Map<RunId, string>>();
  readonly events = new Map<TestName, EventHistory>();
  /** Oldest first. */
  readonly requests = new Map<TestName, HandRequest[]>();
  /** `expires` is set once its holder is gone without having released it. */
  lock: { readonly holder: LockHolder; expires?: number } | undefined;

  constructor(
    instance: string,
    options: { readonly password?: string; readonly labels?: Labels; readonly port?: number },
  ) {
    this.instance = instance;
    this.password = options.password;
    this.labels = options.labels;
    this.port = options.port;
  }
}

export type MemoryRedisServer = Server;

/** `lines` from the first publication on; the current run begins at index `start`. */
interface EventHistory {
  readonly lines: string[];
  start: number;
  run: string | undefined;
}

function listOf<K, V>(lists: Map<K, V[]>, key: K): V[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
