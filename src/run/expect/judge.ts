import type { TmEvent } from '../../model/event.ts';
import type { CommandWait, Demand, Expectation } from '../../model/expectation.ts';
import type { HostName, PeerName } from '../../model/names.ts';
import { FAILED_FAST, STOPPED } from '../skip-reasons.ts';
import { Cases, type Decision } from './cases.ts';
import { DemandWatch, type Manner } from './demand-watch.ts';
import { endOf } from './end-of.ts';
import { toMicros } from './micros.ts';
import { noteEvent, noteLog } from './note-event.ts';
import type { PeerEnd } from './peer-track.ts';
import type { PeerWatch } from './peer-watch.ts';
import { saidIn } from './said-in.ts';
import { Schedule } from './schedule.ts';
import { Wait } from './wait.ts';
import { WatchIndex } from './watch-index.ts';
import { Windows } from './windows.ts';

export type { Decision } from './cases.ts';

/** What a judge is told of a command. */
interface JudgedCommand {
  readonly index: number;
  readonly peer: PeerName;
  readonly command: string;
  readonly waits?: CommandWait;
}

const NOTHING: readonly Decision[] = [];

/**
 * Decides the expectations of a test, and what its commands wait for, from the events of a run. Pure: what it says follows from the events,
 * their times and their order, never from when it is asked. Everything that is heard of a time belongs to that time; windows open and close
 * when it has passed.
 *
 *   hear, advance ─► time passes: windows open, holds are long enough, windows close ─► the event itself ─► decisions
 *
 * Nothing is decided before the timeline begins, though what happens then counts where a window has no beginning. What is heard of a peer after
 * its end counts for `never` alone. What is heard after a request to stop counts for nothing: `finish` then says that the run was cut short.
 */
export class Judge {
  readonly #index: WatchIndex;
  readonly #cases: Cases;
  readonly #schedule: Schedule;
  readonly #windows: Windows;
  readonly #waits: ReadonlyMap<number, Wait>;
  readonly #hosts = new Map<PeerName, HostName>();
  /** Microseconds. */
  #patience: number;
  #cut = false;
  #finished = false;
  /** A peer has met a demand: of an expectation, or of a wait, which has seen enough when it is met. */
  readonly #counted = (demand: DemandWatch, watch: PeerWatch): void => {
    if (!this.#cases.counted(demand, watch) && demand.metAt !== undefined) this.#index.remove(demand);
  };

  /** `patienceMs`: `advance` is called at least so often; where it was not, what happened meanwhile is not known in time. */
  constructor(
    test: { readonly expectations: readonly Expectation[]; readonly commands: readonly JudgedCommand[] },
    { patienceMs = Number.POSITIVE_INFINITY } = {},
  ) {
    this.#patience = patienceMs * 1000;
    const waits = test.commands.flatMap(({ index, waits: wait }) => (wait?.kind === 'when' ? [{ index, wait }] : []));
    const demands: readonly Demand[] = [...test.expectations, ...waits.flatMap(({ wait }) => wait.all)];
    this.#index = new WatchIndex(new Set(demands.flatMap(({ peers }) => peers)));
    this.#schedule = new Schedule({
      opened: (demand) => {
        if (demand.open()) this.#cases.considerDemand(demand);
      },
      heldEnough: (demand, watch, at) => {
        // What is not heard does not hold: when it is heard of again, it begins anew.
        if (this.#cases.deafness === undefined && demand.longEnough(watch, at)) this.#counted(demand, watch);
      },
      closed: (judged) => this.#cases.close(judged),
    });
    this.#cases = new Cases(test.expectations, {
      times: this.#schedule,
      watch: (expectation, manner) => this.#watch(expectation, manner),
      unwatch: (demand) => this.#index.remove(demand),
    });
    for (const { expectation, watch } of this.#cases.all)
      if (expectation.window.kind === 'timeline' && expectation.window.fromMs === undefined)
        watch.opens(Number.NEGATIVE_INFINITY);
    this.#waits = new Map(
      waits.map(({ index, wait }) => [
        index,
        new Wait(wait, (demand) => this.#watch(demand, { standing: true, closed: demand.fromMs !== undefined })),
      ]),
    );
    this.#windows = new Windows(this.#cases, this.#schedule, [...this.#waits.values()]);
  }

  /** Takes an event of the run (any; it picks what matters), also as it was `heard`: with its secrets. Gives what it decides. */
  hear(event: TmEvent, heard: TmEvent = event): readonly Decision[] {
    if (this.#finished || this.#cut) return NOTHING;
    const at = toMicros(event.atMs);
    this.#noteSilence(at);
    switch (event.type) {
      case 'log':
        this.#log(event.peer, event.message, saidIn(heard), at);
        break;
      case 'peer-status':
        this.#status(event.peer, event.status, saidIn(heard), event.missed, at);
        break;
      case 'peer-died':
      case 'peer-exited':
        this.#end(event.peer, endOf(event));
        break;
      case 'timeline-started':
        this.#windows.begin(at);
        break;
      case 'command-sent':
        this.#windows.sent(event.index, toMicros(event.sentMs), at);
        break;
      case 'command-skipped':
        this.#schedule.passBefore(at);
        if (event.because === STOPPED || event.because === FAILED_FAST) this.#cut = true;
        else this.#windows.skipped(event.index, event.because);
        break;
      case 'test-described':
        for (const { peer, host } of event.peers) this.#hosts.set(peer, host);
        break;
      case 'host-lost':
        for (const track of this.#index.tracks())
          if (this.#hosts.get(track.peer) === event.host) track.lostHost ??= { host: event.host, at };
        break;
      case 'peer-restarting':
        this.#restart(event.peer, at);
        break;
      case 'bus-lost':
        this.#schedule.passBefore(at);
        this.#cases.deafness = 'Redis could not be heard';
        break;
      case 'bus-restored':
        this.#schedule.passBefore(at);
        this.#hearAgain(at);
        break;
      case 'timeline-ended':
        // Nobody calls `advance` from here on: silence says nothing any more.
        this.#patience = Number.POSITIVE_INFINITY;
        break;
      case 'stop-requested':
        this.#schedule.passBefore(at);
        this.#cut = true;
        break;
      default:
        break;
    }
    return this.#cases.taken();
  }

  /**
   * The engine says that a peer has ended; `peer-died` or `peer-exited` follows when all that it wrote has been told. Until then its lines
   * count, but its status holds no longer, and its exit code is known. `atMs` counts from the start of the run.
   */
  ended(
    peer: PeerName,
    exit: { readonly exitCode?: number; readonly oomKilled: boolean },
    atMs: number,
  ): readonly Decision[] {
    const watched = this.#index.of(peer);
    if (this.#finished || this.#cut || watched === undefined || watched.track.end !== undefined) return NOTHING;
    const at = toMicros(atMs);
    this.#schedule.passBefore(at);
    const code = exit.exitCode === undefined ? {} : { code: exit.exitCode };
    const kind = watched.track.status?.text.startsWith('stopped') ? 'stopped' : 'died';
    const watching = [...watched.all.values()];
    noteEvent(watched, { kind: 'exit', end: { kind, at, oomKilled: exit.oomKilled, ...code } }, this.#counted);
    for (const { demand } of watching) this.#cases.considerDemand(demand);
    this.#cases.stirred();
    return this.#cases.taken();
  }

  /**
   * Time has come to this offset (milliseconds from the start of the timeline): windows that end at or before it are closed. An event at exactly
   * that offset must have been heard before.
   */
  advance(offsetMs: number): readonly Decision[] {
    const { zero } = this.#schedule;
    if (this.#finished || this.#cut || zero === undefined) return NOTHING;
    this.#noteSilence(zero + toMicros(offsetMs));
    this.#schedule.passThrough(zero + toMicros(offsetMs));
    return this.#cases.taken();
  }

  /** The next offset at which `advance` may decide something or a wait may be met by time alone, or undefined. */
  nextMoment(): number | undefined {
    if (this.#finished || this.#cut) return undefined;
    return this.#offset(this.#schedule.next());
  }

  /** The timeline is to stay open at least until this offset; undefined when nothing holds it open. May move as events come. */
  openUntil(): number | undefined {
    return this.#finished || this.#cut ? undefined : this.#cases.openUntil();
  }

  /** A `when` command begins to wait at this offset. What is heard from now on counts, and what was heard before but happened later than that. */
  beginWait(index: number, offsetMs: number): void {
    const wait = this.#waits.get(index);
    const { zero } = this.#schedule;
    if (wait !== undefined && wait.beganAt === undefined && zero !== undefined) wait.begin(zero + toMicros(offsetMs));
  }

  /** Offset at which all its demands were met (not before it began), or undefined. */
  waitMet(index: number): number | undefined {
    return this.#offset(this.#waits.get(index)?.metAt());
  }

  /** Why a wait was not met, as a sentence: which demand is missing and what was seen instead. */
  whyNot(index: number): string {
    const wait = this.#waits.get(index);
    if (wait === undefined) return 'it waits for nothing';
    return wait.whyNot(this.#schedule);
  }

  /** Some expectation can be said to be unmet (for fail-fast). */
  hasUnmet(): boolean {
    return this.#cases.hasUnmet;
  }

  /**
   * Nothing more comes. `ended`: the peers have stopped, all is heard; `cut`: the run was cut short, so what is open is undecided, for the reason
   * given as a clause (`the run was interrupted`). A run that never came to a timeline was cut short.
   */
  finish(how: { readonly kind: 'ended' } | { readonly kind: 'cut'; readonly because: string }): readonly Decision[] {
    if (this.#finished) return NOTHING;
    if (!this.#cut) this.#schedule.passThrough(this.#schedule.now);
    const cut = how.kind === 'cut' ? how.because : this.#cut || this.#schedule.zero === undefined ? STOPPED : undefined;
    this.#cases.finish(cut);
    this.#finished = true;
    return this.#cases.taken();
  }

  #offset(at: number | undefined): number | undefined {
    const { zero } = this.#schedule;
    return at === undefined || zero === undefined ? undefined : (at - zero) / 1000;
  }

  #watch(demand: Demand, manner: Manner): DemandWatch {
    const watch = new DemandWatch(demand, this.#index.tracksOf(demand.peers), manner, (holding, peer, longEnoughAt) => {
      this.#schedule.holdsUntil(holding, peer, longEnoughAt);
      this.#cases.stirred();
    });
    this.#index.add(watch);
    return watch;
  }

  /** Nobody has asked for so long that tm itself must have stood still: what closed meanwhile closed unheard. */
  #noteSilence(at: number): void {
    const last = this.#schedule.now;
    if (this.#schedule.zero === undefined || this.#cases.deafness !== undefined || at - last <= this.#patience) return;
    this.#cases.deafness = `tm itself had stood still for ${((at - last) / 1e6).toFixed(1)} s`;
    this.#schedule.passBefore(at);
    this.#hearAgain(at);
  }

  #hearAgain(at: number): void {
    this.#cases.deafness = undefined;
    for (const { watch } of this.#cases.all) watch.holdsAnew(at);
    for (const { awaited } of this.#waits.values()) for (const { watch } of awaited) watch.holdsAnew(at);
    this.#cases.stirred();
  }

  #restart(peer: PeerName, at: number): void {
    const watched = this.#index.of(peer);
    if (watched === undefined) return;
    this.#schedule.passBefore(at);
    noteEvent(watched, { kind: 'restart', at }, this.#counted);
    this.#cases.stirred();
  }

  #log(peer: PeerName, message: string, said: string, at: number): void {
    const watched = this.#index.of(peer);
    if (watched === undefined) return;
    this.#schedule.passBefore(at);
    noteLog(watched, message, said, at, this.#counted);
  }

  #status(peer: PeerName, text: string, said: string, missed: number, at: number): void {
    const watched = this.#index.of(peer);
    if (watched === undefined) return;
    this.#schedule.passBefore(at);
    noteEvent(watched, { kind: 'status', text, said, missed, at }, this.#counted);
    this.#cases.stirred();
  }

  #end(peer: PeerName, end: PeerEnd): void {
    const watched = this.#index.of(peer);
    if (watched === undefined || watched.track.end !== undefined) return;
    this.#schedule.passBefore(end.at);
    const watching = [...watched.all.values()];
    noteEvent(watched, { kind: 'end', end }, this.#counted);
    for (const { demand } of watching) this.#cases.considerDemand(demand);
    this.#cases.stirred();
  }
}
