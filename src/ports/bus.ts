import type { Secret } from '../lib/secret.ts';
import type { StatusPrecision, StatusSource } from '../model/event.ts';
import type { Fault, LockHolder } from '../model/fault.ts';
import type { PeerName, RunId, TestName } from '../model/names.ts';
import type { UsedRun } from '../model/observed.ts';
import type { LogLevel } from '../model/wire.ts';

export interface StatusReport {
  readonly peer: PeerName;
  readonly status: string;
  /** Statuses that may hide before this one: notifications more than values read. */
  readonly missed: number;
  readonly via: StatusSource;
  /** The peer's own wall time (ISO 8601), where its client library sends it along. */
  readonly reportedAt?: string;
}

export interface LogLine {
  readonly peer: PeerName;
  readonly level: LogLevel;
  readonly message: string;
}

/** The peer took this message from its queue. Messages of one peer are taken in the order they were sent. */
export interface Receipt {
  readonly peer: PeerName;
  /** As returned by `send`. */
  readonly message: number;
}

/** Somebody at another terminal wants a command sent to a peer of a running test (`tm send`). */
export interface HandRequest {
  /** Identity, made by whoever asks; the journal repeats it. */
  readonly id: string;
  readonly peer: string;
  readonly command: string;
  /** `user@machine`. */
  readonly by: string;
}

/** What a listener is told. Calls come one at a time. */
export interface BusListener {
  status(report: StatusReport): void;
  /** In each peer's own order. Lines leave Redis only after this resolves, so that a crash loses none. */
  logs(lines: readonly LogLine[]): Promise<void>;
  taken(receipt: Receipt): void;
  /** Each request once, in the order that they were made. Its members are a stranger's: they may name no peer of the test. */
  asked(request: HandRequest): void;
  /** The connection is gone; it is being made again. */
  lost(because: string): void;
  /** It is back, and everything that happened meanwhile has been told. */
  restored(): void;
  /** Reconnecting has been given up: nothing more is told, and every call fails with this fault. */
  ended?(fault: Fault): void;
}

export interface Listening extends AsyncDisposable {
  /** How statuses are learnt: from the replication stream where the server lets us read it, else by notification, or by a slow poll where `CONFIG SET` is refused. */
  readonly precision: StatusPrecision;
  /** Resolves when every status and line that was in Redis at the call has been told. */
  drain(signal: AbortSignal): Promise<void>;
}

/**
 * A connection to the Redis of a test. Few connections, however many peers there are. Methods throw `TmError`
 * (`unreachable` with `what: 'redis'` once reconnecting has been given up).
 */
export interface Bus extends AsyncDisposable {
  /** The server's `run_id`: another one has other contents. */
  readonly instance: string;
  readonly version: string;
  /** Deletes the peers' keys. */
  clear(peers: readonly PeerName[], signal: AbortSignal): Promise<void>;
  /**
   * Begins to read the server's replication stream, so that from here on no status hides behind another; `listen` tells what it brought.
   * Gives false where the server does not let us. Called before the peers are started, for a Redis of ours; bounded in time. The next
   * listening uses it and ends it. Called again for the same peers it changes nothing.
   */
  replicate(peers: readonly PeerName[], signal: AbortSignal): Promise<boolean>;
  /** Tells the present status of each peer at once (all since `replicate`, where it was called), then every change. One listener at a time. */
  listen(test: TestName, peers: readonly PeerName[], listener: BusListener, signal: AbortSignal): Promise<Listening>;
  /**
   * Asks the tm that runs the test to send a command by hand. What becomes of it is in the events (`request`). What no run took is dropped
   * when the next one takes the lock.
   */
  ask(test: TestName, request: HandRequest, signal: AbortSignal): Promise<void>;
  /**
   * Appends to the peer's queue; resolves when Redis has it, with a number that its receipt repeats. `written` is called when it goes out,
   * and again where a lost connection makes it go out again: the peer's answer may be heard before the promise resolves, but never before that.
   */
  send(peer: PeerName, command: string, signal: AbortSignal, written?: () => void): Promise<number>;
  /** The status that stands there now. */
  status(peer: PeerName, signal: AbortSignal): Promise<string | undefined>;
  /**
   * The heartbeats that stand there now, as they were SET: one command for all peers, whether they send any or not. A peer that has sent
   * none is missing.
   */
  heartbeats(peers: readonly PeerName[], signal: AbortSignal): Promise<ReadonlyMap<PeerName, string>>;
  /** Takes the lock of this database, or says who has it. A holder that died on this machine, or whose lease ran out, is replaced. */
  lock(holder: LockHolder, signal: AbortSignal): Promise<RedisLock | { readonly heldBy: LockHolder }>;
  /** Who holds that lock now; nobody where it was a process of `machine`, which is this one, and that has died. Takes nothing. */
  holder(machine: string, signal: AbortSignal): Promise<LockHolder | undefined>;
  /** Notes that the run's timeline has begun: its containers are used up. */
  markUsed(test: TestName, run: RunId, at: string): Promise<void>;
  usedRuns(test: TestName, signal: AbortSignal): Promise<readonly UsedRun[]>;
  /**
   * The run is over and its Redis stays: deletes the peers' keys, and lets tm's own keys of the test expire after `keepSeconds`, so that
   * watchers can read to the end. 0: at once.
   */
  retire(test: TestName, peers: readonly PeerName[], keepSeconds: number, signal: AbortSignal): Promise<void>;
  /** Appends journal lines (one JSON event each) to the test's capped stream, for `tm watch`. Never throws; it is a copy. */
  publish(test: TestName, lines: readonly string[]): Promise<void>;
  /** The current run's lines from its first, then live, until the signal. Reads only. */
  follow(test: TestName, signal: AbortSignal): AsyncIterable<string>;
}

export interface RedisLock extends AsyncDisposable {
  readonly held: true;
}

/** Opens a bus. `url` has the form `redis[s]://[user:password@]host[:port][/database]`. */
export interface Buses {
  connect(url: Secret, signal: AbortSignal): Promise<Bus>;
}
