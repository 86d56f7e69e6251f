import type { TmEvent } from '../../model/event.ts';
import type { Expectation } from '../../model/expectation.ts';
import type { PeerName } from '../../model/names.ts';
import type { TimelineEntry } from '../../model/timeline.ts';
import type { Board } from '../board.ts';
import { type Decision, Judge } from '../expect/judge.ts';
import type { Recorder } from '../recorder.ts';

/** Milliseconds without a word after which tm itself must have stood still: suspended, or far too busy. The timeline looks four times as often. */
const PATIENCE_MS = 1000;

/** The judge of a run at work: it hears every event, and what it decides becomes events. */
export class Judging {
  readonly #judge: Judge;
  readonly #recorder: Recorder;
  readonly #board: Board;
  /** Commands whose wait has begun and is not over. */
  readonly #waits = new Set<number>();
  readonly #decisions = new Map<number, Extract<Decision, { type: 'expectation-decided' }>>();

  constructor(
    test: { readonly expectations: readonly Expectation[]; readonly commands: readonly TimelineEntry[] },
    recorder: Recorder,
    board: Board,
  ) {
    this.#judge = new Judge(test, { patienceMs: PATIENCE_MS });
    this.#recorder = recorder;
    this.#board = board;
  }

  /** `heard` is the event with the secrets that are left out of it. */
  hear(event: TmEvent, heard: TmEvent): void {
    this.#tell(this.#judge.hear(event, heard));
    for (const index of this.#waits) if (this.#judge.waitMet(index) !== undefined) this.#board.changed();
  }

  /** The engine says that a peer has ended; what it wrote before is told first, and then its end. */
  ended(peer: PeerName, exit: { readonly exitCode?: number; readonly oomKilled: boolean }): void {
    this.#tell(this.#judge.ended(peer, exit, this.#recorder.elapsed()));
  }

  /** Time has come to this offset of the timeline. */
  advance(offsetMs: number): void {
    this.#tell(this.#judge.advance(offsetMs));
  }

  /** The next offset at which time alone decides something. */
  nextMoment(): number | undefined {
    return this.#judge.nextMoment();
  }

  /** The timeline stays open at least until this offset. */
  openUntil(): number | undefined {
    return this.#judge.openUntil();
  }

  beginWait(index: number, offsetMs: number): void {
    this.#waits.add(index);
    this.#judge.beginWait(index, offsetMs);
  }

  /** The offset at which a wait was met, if it was. */
  waitMet(index: number): number | undefined {
    return this.#judge.waitMet(index);
  }

  /** The wait is over, met or not. */
  endWait(index: number): void {
    this.#waits.delete(index);
  }

  /** Why a wait was not met, as a sentence. */
  whyNot(index: number): string {
    return this.#judge.whyNot(index);
  }

  /** An expectation is unmet already. */
  hasUnmet(): boolean {
    return this.#judge.hasUnmet();
  }

  /** Decides all that is open: nothing more comes. */
  finish(...how: Parameters<Judge['finish']>): void {
    this.#tell(this.#judge.finish(...how));
  }

  /** What was decided, by the expectation's id. */
  decisions(): ReadonlyMap<number, Extract<Decision, { type: 'expectation-decided' }>> {
    return this.#decisions;
  }

  #tell(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.type === 'expectation-decided') this.#decisions.set(decision.expectation, decision);
      this.#recorder.emit(decision);
    }
    if (decisions.length > 0) this.#board.changed();
  }
}
