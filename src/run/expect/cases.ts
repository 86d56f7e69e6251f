import type { EventBody } from '../../model/event.ts';
import type { Expectation } from '../../model/expectation.ts';
import type { PeerName } from '../../model/names.ts';
import { excusedDeaths } from '../excused-deaths.ts';
import { Case, type Outcome } from './case.ts';
import { decide, sightingOf } from './decide.ts';
import type { DemandWatch, Manner } from './demand-watch.ts';
import type { PeerTrack } from './peer-track.ts';
import type { PeerWatch } from './peer-watch.ts';
import { boundText } from './phrases.ts';
import { offsetFrom, type Times } from './times.ts';

export type Decision = Extract<EventBody, { type: 'expectation-decided' | 'expectation-late' }>;

/** What the cases need of those around them. */
export interface Court {
  readonly times: Times;
  watch(expectation: Expectation, manner: Manner): DemandWatch;
  /** Nothing that the demand's peers do matters any more. */
  unwatch(demand: DemandWatch): void;
}

const NOTHING: readonly Decision[] = [];

/** The expectations of a test, and what was decided of them. Times are microseconds of the run. */
export class Cases {
  readonly all: readonly Case[];
  /** Why the peers cannot be heard now, as a clause: what they do is told later, if at all. */
  deafness: string | undefined;
  readonly #court: Court;
  readonly #byWatch: ReadonlyMap<DemandWatch, Case>;
  readonly #isExcused: (peer: PeerName, code: number | undefined) => boolean;
  #unmet = 0;
  #decisions: Decision[] = [];
  /** Remembered until something changes: it is asked for after every event. */
  #openUntil: { readonly offset: number | undefined } | undefined;

  constructor(expectations: readonly Expectation[], court: Court) {
    this.#court = court;
    this.#isExcused = excusedDeaths(expectations);
    this.all = expectations.map((expectation) => {
      const ofTimeline = expectation.window.kind === 'timeline';
      const watch = court.watch(expectation, { standing: ofTimeline, closed: ofTimeline });
      // A line that must never be is one, even if it is heard after its peer's end.
      watch.countsAfterEnd = expectation.never;
      return new Case(expectation, watch);
    });
    this.#byWatch = new Map(this.all.map((judged) => [judged.watch, judged]));
  }

  get hasUnmet(): boolean {
    return this.#unmet > 0;
  }

  /** What was decided since the last time. */
  taken(): readonly Decision[] {
    if (this.#decisions.length === 0) return NOTHING;
    const decisions = this.#decisions;
    this.#decisions = [];
    return decisions;
  }

  /** The offset in milliseconds until which some case needs the timeline to stay open. */
  openUntil(): number | undefined {
    if (this.#openUntil === undefined) {
      const offsets = this.all
        .filter(({ outcome }) => outcome === undefined)
        .flatMap((judged) => judged.openUntil(this.#court.times.zero) ?? []);
      this.#openUntil = { offset: offsets.length === 0 ? undefined : Math.max(...offsets) };
    }
    return this.#openUntil.offset;
  }

  /** A hold began or broke, or a window was moved. */
  stirred(): void {
    this.#openUntil = undefined;
  }

  /** A peer has met a demand: in time, or after all. Says whether the demand is one of these cases. */
  counted(demand: DemandWatch, watch: PeerWatch): boolean {
    const judged = this.#byWatch.get(demand);
    if (judged === undefined) return false;
    if (judged.outcome === undefined) this.consider(judged);
    else this.#considerLate(judged, watch);
    return true;
  }

  /** Something happened to a demand: its case may be certain by now. */
  considerDemand(demand: DemandWatch): void {
    const judged = this.#byWatch.get(demand);
    if (judged !== undefined) this.consider(judged);
  }

  /** Decides what is certain by now. Before the timeline nothing is told: everything is considered again when it begins. */
  consider(judged: Case): void {
    if (judged.outcome !== undefined || this.#court.times.zero === undefined) return;
    const outcome = judged.consider() ?? this.#blame(judged);
    if (outcome !== undefined) this.settle(judged, outcome);
  }

  /** Its window closes. What was not heard by then may have been so all the same while Redis could not be heard. */
  close(judged: Case): void {
    const at = () => boundText(offsetFrom(this.#court.times)(judged.closesAt));
    const why = this.deafness ?? judged.doubt();
    const because = () => `${why} when its window closed at ${at()}`;
    this.settle(judged, why === undefined ? judged.atClose() : { kind: 'undecided', because: because() });
  }

  settle(judged: Case, outcome: Outcome): void {
    if (judged.outcome !== undefined) return;
    judged.outcome = outcome;
    this.#openUntil = undefined;
    this.#decisions.push(decide(judged, outcome, this.#court.times));
    if (outcome.kind === 'unmet') this.#unmet += 1;
    judged.awaitsLate =
      outcome.kind === 'unmet' && outcome.failure.kind === 'missing' && judged.watch.opensAt !== undefined;
    if (judged.awaitsLate) judged.watch.countsAfterEnd = true;
    else this.#court.unwatch(judged.watch);
  }

  /** Nothing more comes: what is open comes to what it is, or was `cut` short for a reason. */
  finish(cut: string | undefined): void {
    for (const judged of this.all)
      this.settle(judged, cut === undefined ? this.#atEnd(judged) : this.#undecided(judged, cut));
  }

  /** A peer that must never do something has died: what it would have done is not known. One that was expected to die has only ended. */
  #blame({ expectation, watch }: Case): Outcome | undefined {
    if (!expectation.never) return undefined;
    const isDead = ({ peer, end }: PeerTrack) => end?.kind === 'died' && !this.#isExcused(peer, end.code);
    const dead = watch.watches.find(({ track }) => isDead(track));
    return dead === undefined ? undefined : { kind: 'unmet', failure: { kind: 'died', track: dead.track } };
  }

  #considerLate(judged: Case, { hit, track }: PeerWatch): void {
    if (!judged.awaitsLate || hit === undefined || (hit.at <= judged.closesAt && track.end === undefined)) return;
    judged.awaitsLate = false;
    this.#court.unwatch(judged.watch);
    const sighting = sightingOf(track, hit.sight, offsetFrom(this.#court.times));
    this.#decisions.push({ type: 'expectation-late', expectation: judged.expectation.id, sighting });
  }

  #atEnd(judged: Case): Outcome {
    const { expectation, watch } = judged;
    if (watch.opensAt === undefined && expectation.window.kind === 'command')
      return { kind: 'unmet', failure: { kind: 'unsent' } };
    if (watch.opensAt === undefined || watch.opensAt > this.#court.times.now)
      return { kind: 'unmet', failure: { kind: 'unreached' } };
    const doubt = judged.doubt();
    return doubt === undefined
      ? judged.atClose()
      : { kind: 'undecided', because: `${doubt} before the peers had stopped` };
  }

  #undecided({ expectation: { window }, watch: { opensAt }, closesAt }: Case, because: string): Outcome {
    const { times } = this.#court;
    const offset = offsetFrom(times);
    const before = () => {
      if (times.zero === undefined) return 'the timeline began';
      if (window.kind === 'command' && opensAt === undefined) return 'its command was sent';
      if (opensAt !== undefined && opensAt > times.now) return `its window opened at ${boundText(offset(opensAt))}`;
      if (closesAt === Number.POSITIVE_INFINITY) return 'the peers had stopped';
      return `its window closed at ${boundText(offset(closesAt))}`;
    };
    return { kind: 'undecided', because: `${because} before ${before()}` };
  }
}
