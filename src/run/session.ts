import { disposeQuietly } from '../lib/dispose-quietly.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { Secret } from '../lib/secret.ts';
import type { Verdict } from '../model/event.ts';
import type { LockHolder } from '../model/fault.ts';
import type { RunId } from '../model/names.ts';
import { fileNameOf, runId } from '../model/names.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { HostSpec } from '../model/spec.ts';
import type { Bus, RedisLock } from '../ports/bus.ts';
import type { RunStore, State, Store, StoreLock } from '../ports/store.ts';
import type { Addresses } from './addresses.ts';
import { Board } from './board.ts';
import { Fleet } from './fleet.ts';
import { lockedFault } from './locked-fault.ts';
import type { Monitoring } from './monitor/monitoring.ts';
import type { EventListener } from './recorder.ts';
import { Recorder } from './recorder.ts';
import type { RunLog, RunRequest } from './request.ts';
import type { World } from './world.ts';

/** Everything that one run holds, from its lock to its connections. The machine's actors share it; `close` gives all of it back. */
export class Session {
  readonly world: World;
  readonly request: RunRequest;
  readonly recorder: Recorder;
  readonly fleet = new Fleet();
  readonly board: Board;
  readonly store: Store;
  /** Set off by the first signal: nothing new begins, the teardown still runs. */
  readonly stop = new AbortController();
  run: RunId = runId('');
  runStore: RunStore | undefined;
  state: State | undefined;
  observed: Observed | undefined;
  addresses: Addresses | undefined;
  plan: Plan | undefined;
  bus: Bus | undefined;
  /** What the control machine reaches Redis at. */
  redisUrl: Secret | undefined;
  redisPassword: Secret | undefined;
  /** Its containers are not for another run. */
  usedUp = false;
  /** Something may have been made on the hosts. */
  touched = false;
  tornDown = false;
  /** Peers have been told to stop: an end is no longer a surprise, and nobody is started again. */
  shuttingDown = false;
  monitoring: Monitoring | undefined;
  /** What still stands on the hosts, for a person to know. */
  left: readonly string[] = [];
  verdict: Verdict | undefined;
  exitCode: number | undefined;
  #runLog: RunLog | undefined;
  #storeLock: StoreLock | undefined;
  #busLock: RedisLock | undefined;

  constructor(world: World, request: RunRequest, listeners: readonly EventListener[]) {
    this.world = world;
    this.request = request;
    this.recorder = new Recorder(world.clock, request.desired.spec.test, [
      ...listeners,
      (event) => this.#runLog?.event(event),
    ]);
    this.store = world.stores.open(request.desired.spec.test);
    this.board = new Board(request.desired.peers);
  }

  /** Takes the test's lock and remembers what the last run left. Throws `locked`. */
  async takeLock(): Promise<void> {
    const { spec } = this.request.desired;
    const lock = await this.store.lock(this.holder());
    if (!('held' in lock)) throw lockedFault(lock.heldBy, `the test "${spec.test}"`);
    this.#storeLock = lock;
    this.state = await this.store.readState();
  }

  /** Takes the lock and opens the directory of this run: a new one, or that of the last run when it never came to a timeline. */
  async begin(): Promise<void> {
    const { spec } = this.request.desired;
    const fresh = runId(`${fileNameOf(spec.test)}-${stamp(this.world.clock.wall())}`);
    // Looked up twice: whoever meets the lock is to read which run has it, and only under the lock is it sure which one that is.
    this.state = await this.store.readState();
    this.run = this.#resumable() ?? fresh;
    await this.takeLock();
    const resumed = this.#resumable();
    this.run = resumed ?? fresh;
    this.runStore = await this.#openRun(resumed);
    const { runStore } = this;
    this.recorder.openJournal(runStore);
    // A log that cannot be written does not end a test: the journal is the record, and its failure does.
    this.#runLog = this.request.runLog?.((text) => void runStore.log(text).catch(() => undefined));
    this.recorder.emit({
      type: 'run-started',
      run: this.run,
      test: spec.test,
      version: this.world.version,
      file: spec.file,
      resumed: resumed !== undefined,
      peers: spec.peers.map((peer) => peer.name),
      directory: this.runStore.path,
    });
  }

  /** The last run, if its timeline never began: what it made is unused, and this apply goes on with it. */
  #resumable(): RunId | undefined {
    const last = this.state?.lastRun;
    const used = this.state?.usedRuns.some((entry) => entry.run === last) ?? false;
    return last === undefined || used ? undefined : last;
  }

  async #openRun(resumed: RunId | undefined): Promise<RunStore> {
    const first = await this.store.openRun(this.run);
    if (resumed !== undefined || first.events === 0) return first;
    // Two runs began in the same second: the later one gets a number.
    await first[Symbol.asyncDispose]();
    for (let number = 2; ; number++) {
      const candidate = runId(`${this.run}-${number}`);
      const store = await this.store.openRun(candidate);
      if (store.events === 0) {
        this.run = candidate;
        return store;
      }
      await store[Symbol.asyncDispose]();
    }
  }

  /** Connects to Redis and takes the lock of its database. Throws `unreachable` or `locked`. */
  async connectBus(url: Secret, signal: AbortSignal): Promise<Bus> {
    const bus = await this.world.buses.connect(url, signal);
    await this.adoptBus(bus, url, signal);
    return bus;
  }

  /** From here on the connection is the session's, to read with. */
  readBus(bus: Bus, url: Secret): void {
    this.bus = bus;
    this.redisUrl = url;
  }

  /** Connects to Redis to clean up there, under its lock, without telling watchers anything. Throws `unreachable` or `locked`. */
  async connectToCleanUp(url: Secret, signal: AbortSignal): Promise<void> {
    const bus = await this.world.buses.connect(url, signal);
    this.readBus(bus, url);
    const lock = await bus.lock(this.holder(), signal);
    if (!('held' in lock)) throw lockedFault(lock.heldBy, 'this Redis database');
    this.#busLock = lock;
  }

  /** Takes the lock of a database that is connected already, and begins to write there. Throws `locked`. */
  async adoptBus(bus: Bus, url: Secret, signal: AbortSignal): Promise<void> {
    this.readBus(bus, url);
    const lock = await bus.lock(this.holder(), signal);
    if (!('held' in lock)) throw lockedFault(lock.heldBy, 'this Redis database');
    this.#busLock = lock;
    this.recorder.openStream(bus);
  }

  /** Remembers before a host is touched where things will be, so that a destroy finds them after any crash. */
  async remember(changes: Partial<Pick<State, 'usedRuns'>> = {}): Promise<void> {
    const { spec, redis, images } = this.request.desired;
    const external = redis.kind === 'external';
    this.state = {
      version: 1,
      test: spec.test,
      file: spec.file,
      hosts: [...spec.hosts, ...this.#formerHosts()],
      redis,
      ...(external || this.redisUrl === undefined ? {} : { redisUrl: this.redisUrl.reveal() }),
      ...(external || this.redisPassword === undefined ? {} : { redisPassword: this.redisPassword.reveal() }),
      images: images.map((image) => image.ref),
      lastRun: this.run,
      usedRuns: changes.usedRuns ?? this.state?.usedRuns ?? [],
    };
    await this.store.writeState(this.state);
  }

  /** Hosts that the config no longer has, where an earlier run may have left something: a destroy is still to look there. */
  #formerHosts(): readonly HostSpec[] {
    const { spec } = this.request.desired;
    const named = new Set<string>(spec.hosts.map((host) => host.name));
    return this.state?.hosts.filter((host) => !named.has(host.name)) ?? [];
  }

  /** Everything of this run is gone: there is nothing to go on with, and no Redis to reach. The hosts stay known. */
  async forgetRun(): Promise<void> {
    if (this.state === undefined) return;
    const { lastRun: _run, redisUrl: _url, redisPassword: _password, ...rest } = this.state;
    this.state = rest;
    await this.store.writeState(rest);
  }

  /** Ends the talk with Redis, last events first, so that Redis itself can go. */
  async closeBus(): Promise<void> {
    const { bus } = this;
    if (bus === undefined) return;
    await this.recorder.flushStream();
    this.recorder.openStream(undefined);
    this.bus = undefined;
    await disposeQuietly(this.#busLock);
    this.#busLock = undefined;
    await disposeQuietly(bus);
  }

  /** Gives everything back: connections, journal, and the lock last. */
  async close(): Promise<void> {
    await this.closeBus();
    await this.fleet[Symbol.asyncDispose]();
    // What cannot be written by now has been told already, or is only for reading: neither keeps the lock.
    await this.recorder.flush().catch(() => undefined);
    await this.#runLog?.close().catch(() => undefined);
    await disposeQuietly(this.runStore);
    await disposeQuietly(this.#storeLock);
  }

  holder(): LockHolder {
    const { self, clock } = this.world;
    return {
      test: this.request.desired.spec.test,
      run: this.run,
      pid: self.pid,
      machine: self.machine,
      user: self.user,
      since: isoTime(clock.wall()),
    };
  }
}

/** `YYYY-MM-DD-HH-MM-SS`, UTC. */
function stamp(wallMs: number): string {
  return isoTime(wallMs).slice(0, 19).replace(/[T:]/g, '-');
}
