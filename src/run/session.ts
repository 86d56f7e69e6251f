import { isoTime } from '../lib/iso-time.ts';
import { Redactor } from '../lib/redactor.ts';
import type { TmEvent, Verdict } from '../model/event.ts';
import type { Fault, LockHolder } from '../model/fault.ts';
import type { PeerName, RunId } from '../model/names.ts';
import { runId } from '../model/names.ts';
import type { FormerRedis, Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { timelineOf } from '../plan/timeline.ts';
import type { Bus } from '../ports/bus.ts';
import type { RunStore, State } from '../ports/store.ts';
import type { Addresses } from './addresses.ts';
import { Board } from './board.ts';
import type { Describing } from './describe-hosts.ts';
import { Versions } from './evidence/versions.ts';
import { excusedDeaths } from './excused-deaths.ts';
import { Fleet } from './fleet.ts';
import { HeartbeatWatch } from './monitor/heartbeat-watch.ts';
import { Judging } from './monitor/judging.ts';
import type { Monitoring } from './monitor/monitoring.ts';
import { passwordOf } from './password-of.ts';
import type { EventListener } from './recorder.ts';
import { Recorder } from './recorder.ts';
import { RedisLink } from './redis-link.ts';
import type { RunRequest } from './request.ts';
import { Rulebook, type RuleDecision } from './rules.ts';
import { RunRecords } from './run-records.ts';
import { TestMemory } from './test-memory.ts';
import type { World } from './world.ts';

/** Everything that one run holds, from its lock to its connections. The machine's actors share it; `close` gives all of it back. */
export class Session {
  readonly world: World;
  readonly request: RunRequest;
  readonly recorder: Recorder;
  /** Knows every secret of the run. */
  readonly redactor = new Redactor();
  readonly memory: TestMemory;
  readonly records = new RunRecords();
  readonly redis: RedisLink;
  readonly fleet = new Fleet();
  readonly board: Board;
  readonly judging: Judging;
  readonly heartbeats: HeartbeatWatch;
  readonly rulebook = new Rulebook();
  readonly versions = new Versions();
  /** Set off by the first signal: nothing new begins, the teardown still runs. */
  readonly stop = new AbortController();
  /** A journal that cannot be written is told here, at once and once. */
  onUnwritable: (fault: Fault) => void = () => {};
  run: RunId = runId('');

  // What was found and decided, as it comes to be known.
  observed: Observed | undefined;
  addresses: Addresses | undefined;
  /** The Redis that the test had before its config was changed: remembered until it is gone. */
  formerRedis: FormerRedis | undefined;
  plan: Plan | undefined;
  /** Tells the hosts' engines and clocks, as soon as there is something to apply. */
  describing: Describing | undefined;
  monitoring: Monitoring | undefined;

  // How far it is.
  /** Something may have been made on the hosts. */
  touched = false;
  /** Its containers are not for another run. */
  usedUp = false;
  /** The timeline ran to its end: nothing cut it short. */
  timelineOver = false;
  /** Peers have been told to stop: an end is no longer a surprise, and nobody is started again. */
  shuttingDown = false;
  /** The peers were told to stop, and waited for. */
  shutDownOver = false;
  /** Something that the peers wrote was never read, in a sentence: what that decides is not known. */
  unheard: string | undefined;
  evidenceSaved = false;
  tornDown = false;

  // What came of it.
  rules: readonly RuleDecision[] = [];
  verdict: Verdict | undefined;
  exitCode: number | undefined;
  /** What still stands on the hosts, for a person to know. */
  left: readonly string[] = [];

  constructor(world: World, request: RunRequest, listeners: readonly EventListener[]) {
    const { redactor } = this;
    const { spec, peers } = request.desired;
    this.world = world;
    this.request = request;
    redactor.hide(...(request.secrets ?? []), passwordOf(request.externalRedis));
    this.recorder = new Recorder(
      world.clock,
      spec.test,
      [
        (event) => this.rulebook.hear(event),
        (event, heard) => this.judging.hear(event, heard),
        (event) => this.heartbeats.hear(event),
        (event) => this.versions.hear(event),
        ...listeners.map((listener) => (event: TmEvent) => listener(event)),
        (event) => this.records.hear(event),
      ],
      { redactor, onUnwritable: (fault) => this.onUnwritable(fault) },
    );
    this.memory = new TestMemory(world.stores.open(spec.test), redactor);
    this.redis = new RedisLink({
      buses: world.buses,
      recorder: this.recorder,
      redactor,
      holder: () => this.holder(),
    });
    this.board = new Board(peers);
    this.heartbeats = new HeartbeatWatch(world.clock, this.recorder, this.board);
    const { entries } = timelineOf(spec);
    this.judging = new Judging({ expectations: spec.expectations, commands: entries }, this.recorder, this.board);
  }

  /** What is remembered of the test. */
  get state(): State | undefined {
    return this.memory.state;
  }

  /** Where the run is kept. */
  get runStore(): RunStore | undefined {
    return this.records.store;
  }

  /** The connection to Redis, while there is one. */
  get bus(): Bus | undefined {
    return this.redis.bus;
  }

  /** `--fail-fast`, and there is a failure: an expectation that is unmet, or a death that none wanted. */
  failsFast(): boolean {
    if (this.request.failFast !== true) return false;
    return this.judging.hasUnmet() || this.rulebook.hasFailure(excusedDeaths(this.request.desired.spec.expectations));
  }

  /** The peer has died, and no expectation wanted it to. */
  diedUnbidden(peer: PeerName): boolean {
    return this.rulebook.diedUnbidden(peer, excusedDeaths(this.request.desired.spec.expectations));
  }

  /** Who takes the run's locks. */
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

  /** Gives everything back: connections, journal, and the lock last. */
  async close(): Promise<void> {
    await this.redis.close();
    await this.fleet[Symbol.asyncDispose]();
    // What cannot be written by now has been told already, or is only for reading: neither keeps the lock.
    await this.recorder.flush().catch(() => undefined);
    await this.records.close();
    await this.memory.close();
  }
}
