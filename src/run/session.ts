import { disposeQuietly } from '../lib/dispose-quietly.ts';
import { isoTime } from '../lib/iso-time.ts';
import { Redactor } from '../lib/redactor.ts';
import { Secret } from '../lib/secret.ts';
import type { Verdict } from '../model/event.ts';
import type { Fault, LockHolder } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import type { RunId } from '../model/names.ts';
import { fileNameOf, runId } from '../model/names.ts';
import type { FormerRedis, Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { HostSpec } from '../model/spec.ts';
import { timelineOf } from '../plan/timeline.ts';
import type { Bus, RedisLock } from '../ports/bus.ts';
import type { RunStore, State, Store, StoreLock } from '../ports/store.ts';
import type { Addresses } from './addresses.ts';
import { Board } from './board.ts';
import type { Describing } from './describe-hosts.ts';
import { describeTest } from './describe-test.ts';
import { type CappedRunLog, cappedRunLog } from './evidence/capped-run-log.ts';
import { LIMITS } from './evidence/limits.ts';
import { Versions } from './evidence/versions.ts';
import { excusedDeaths } from './excused-deaths.ts';
import { Fleet } from './fleet.ts';
import { lockedFault } from './locked-fault.ts';
import { Judging } from './monitor/judging.ts';
import type { Monitoring } from './monitor/monitoring.ts';
import { openRun } from './open-run.ts';
import { passwordOf } from './password-of.ts';
import type { EventListener } from './recorder.ts';
import { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';
import { Rulebook, type RuleDecision } from './rules.ts';
import type { World } from './world.ts';

/** Everything that one run holds, from its lock to its connections. The machine's actors share it; `close` gives all of it back. */
export class Session {
  readonly world: World;
  readonly request: RunRequest;
  readonly recorder: Recorder;
  readonly fleet = new Fleet();
  readonly board: Board;
  readonly judging: Judging;
  readonly rulebook = new Rulebook();
  readonly store: Store;
  /** Set off by the first signal: nothing new begins, the teardown still runs. */
  readonly stop = new AbortController();
  run: RunId = runId('');
  runStore: RunStore | undefined;
  state: State | undefined;
  observed: Observed | undefined;
  addresses: Addresses | undefined;
  /** The Redis that the test had before its config was changed: remembered until it is gone. */
  formerRedis: FormerRedis | undefined;
  plan: Plan | undefined;
  bus: Bus | undefined;
  /** Tells the hosts' engines and clocks, as soon as there is something to apply. */
  describing: Describing | undefined;
  readonly versions = new Versions();
  evidenceSaved = false;
  /** A journal that cannot be written is told here, at once and once. */
  onUnwritable: (fault: Fault) => void = () => {};
  /** Knows every secret of the run. */
  readonly redactor = new Redactor();
  /** Its containers are not for another run. */
  usedUp = false;
  /** Something may have been made on the hosts. */
  touched = false;
  tornDown = false;
  /** The timeline ran to its end: nothing cut it short. */
  timelineOver = false;
  /** The peers were told to stop, and waited for. */
  shutDownOver = false;
  /** Peers have been told to stop: an end is no longer a surprise, and nobody is started again. */
  shuttingDown = false;
  monitoring: Monitoring | undefined;
  /** What still stands on the hosts, for a person to know. */
  left: readonly string[] = [];
  rules: readonly RuleDecision[] = [];
  verdict: Verdict | undefined;
  exitCode: number | undefined;
  #redisUrl: Secret | undefined;
  #redisPassword: Secret | undefined;
  #runLog: CappedRunLog | undefined;
  #storeLock: StoreLock | undefined;
  #busLock: RedisLock | undefined;

  constructor(world: World, request: RunRequest, listeners: readonly EventListener[]) {
    this.world = world;
    this.request = request;
    this.redactor.hide(...(request.secrets ?? []), passwordOf(request.externalRedis));
    this.recorder = new Recorder(
      world.clock,
      request.desired.spec.test,
      [
        (event) => this.rulebook.hear(event),
        (event) => this.judging.hear(event),
        (event) => this.versions.hear(event),
        ...listeners,
        (event) => this.#runLog?.event(event),
      ],
      { redactor: this.redactor, onUnwritable: (fault) => this.onUnwritable(fault) },
    );
    this.store = world.stores.open(request.desired.spec.test);
    const { spec, peers } = request.desired;
    this.board = new Board(peers);
    const { entries } = timelineOf(spec);
    this.judging = new Judging({ expectations: spec.expectations, commands: entries }, this.recorder, this.board);
  }

  /** What the control machine reaches Redis at. */
  get redisUrl(): Secret | undefined {
    return this.#redisUrl;
  }

  set redisUrl(url: Secret | undefined) {
    this.redactor.hide(passwordOf(url));
    this.#redisUrl = url;
  }

  get redisPassword(): Secret | undefined {
    return this.#redisPassword;
  }

  set redisPassword(password: Secret | undefined) {
    this.redactor.hide(password);
    this.#redisPassword = password;
  }

  /** Bytes of `run.log`, and bytes of log lines that were left out of it. */
  runLogKept(): { readonly bytes: number; readonly cut: number } {
    return this.#runLog?.kept() ?? { bytes: 0, cut: 0 };
  }

  /** `--fail-fast`, and there is a failure: an expectation that is unmet, or a death that none wanted. */
  failsFast(): boolean {
    if (this.request.failFast !== true) return false;
    return this.judging.hasUnmet() || this.rulebook.hasFailure(excusedDeaths(this.request.desired.spec.expectations));
  }

  /**
   * Takes the test's lock and remembers what the last run left. Throws `locked`, and `failed` for a memory that cannot be used, unless that
   * is told to `onUnusable`: then it goes on without.
   */
  async takeLock(onUnusable?: (fault: Fault) => void): Promise<void> {
    const { spec } = this.request.desired;
    const lock = await this.store.lock(this.holder());
    if (!('held' in lock)) throw lockedFault(lock.heldBy, `the test "${spec.test}"`);
    this.#storeLock = lock;
    try {
      this.state = await this.store.readState();
      // What the last run's peers wrote may be kept by this one, and they knew them.
      this.redactor.hide(...secretsOf(this.state));
    } catch (error) {
      if (onUnusable === undefined) throw error;
      onUnusable(toFault(error));
    }
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
    const opened = await openRun(this.store, this.run, resumed !== undefined);
    this.run = opened.run;
    this.runStore = opened.runStore;
    const { runStore } = this;
    this.recorder.openJournal(runStore);
    // A log that cannot be written does not end a test: the journal is the record, and its failure does.
    const append = (text: string) => void runStore.log(text).catch(() => undefined);
    const { runLog } = this.request;
    this.#runLog = runLog === undefined ? undefined : cappedRunLog(runLog, append, LIMITS.runLog);
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
    this.recorder.emit(describeTest(this.request.desired));
  }

  /** The last run, if its timeline never began: what it made is unused, and this apply goes on with it. */
  #resumable(): RunId | undefined {
    const last = this.state?.lastRun;
    const used = this.state?.usedRuns.some((entry) => entry.run === last) ?? false;
    return last === undefined || used ? undefined : last;
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
      redis: this.formerRedis?.redis ?? redis,
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

/** What nothing may show of a run that is remembered. */
function secretsOf(state: State | undefined): readonly Secret[] {
  const { redisUrl, redisPassword } = state ?? {};
  const inUrl = redisUrl === undefined ? undefined : passwordOf(new Secret(redisUrl));
  return [inUrl, redisPassword === undefined ? undefined : new Secret(redisPassword)].filter(
    (secret) => secret !== undefined,
  );
}

/** `YYYY-MM-DD-HH-MM-SS`, UTC. */
function stamp(wallMs: number): string {
  return isoTime(wallMs).slice(0, 19).replace(/[T:]/g, '-');
}
