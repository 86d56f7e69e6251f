import type { Expectation } from '../../model/expectation.ts';
import type { DemandWatch } from './demand-watch.ts';
import type { PeerTrack } from './peer-track.ts';

/** Why an expectation is unmet, where it is not simply that nothing met it. */
export type Failure =
  /** Something that must never be was. */
  | { readonly kind: 'violated' }
  /** A peer that must never do something died, so that what it would have done is not known. */
  | { readonly kind: 'died'; readonly track: PeerTrack }
  /** Too few peers met it, or still can. */
  | { readonly kind: 'missing' }
  /** Its command was not sent. */
  | { readonly kind: 'unsent'; readonly because?: string }
  /** The run was over before its window opened. */
  | { readonly kind: 'unreached' };

export type Outcome =
  | { readonly kind: 'met' }
  | { readonly kind: 'unmet'; readonly failure: Failure }
  | { readonly kind: 'undecided'; readonly because: string };

/** An expectation under judgement. Times are microseconds of the run. */
export class Case {
  readonly expectation: Expectation;
  readonly watch: DemandWatch;
  /** Infinity for until the peers have stopped; also while it is not known. */
  closesAt = Number.POSITIVE_INFINITY;
  outcome: Outcome | undefined;
  /** It is unmet, and to be told if what it asked for happens after all. */
  awaitsLate = false;

  constructor(expectation: Expectation, watch: DemandWatch) {
    this.expectation = expectation;
    this.watch = watch;
  }

  /** What is certain by now, while the window is open or has not opened. */
  consider(): Outcome | undefined {
    const { watch } = this;
    if (this.expectation.never)
      return watch.metAt === undefined ? undefined : { kind: 'unmet', failure: { kind: 'violated' } };
    if (watch.metAt !== undefined) return { kind: 'met' };
    return watch.possible ? undefined : { kind: 'unmet', failure: { kind: 'missing' } };
  }

  /** Why a thing that was never seen may have been all the same, as a clause: statuses that hid behind others. */
  doubt(): string | undefined {
    const { expectation, watch } = this;
    if (!expectation.never || expectation.condition.kind !== 'status') return undefined;
    const hidden = watch.watches.find(({ track, opening }) => track.missed > (opening?.missed ?? 0));
    return hidden === undefined ? undefined : `statuses of ${hidden.track.peer} had gone by unread`;
  }

  /** What it comes to when nothing more is in its window. */
  atClose(): Outcome {
    return this.expectation.never ? { kind: 'met' } : { kind: 'unmet', failure: { kind: 'missing' } };
  }

  /**
   * The offset in milliseconds until which the timeline must stay open for it: the end of its window, or where it has none, until the window
   * has opened and a status can have held long enough, and until every hold under way has ended.
   */
  openUntil(zero: number | undefined): number | undefined {
    const { window, forMs = 0 } = this.expectation;
    const offset = (at: number) => (zero === undefined ? 0 : (at - zero) / 1000);
    if (window.kind === 'timeline') {
      if (window.byMs !== undefined) return window.byMs;
      const least = Math.max(window.fromMs ?? 0, 0) + forMs;
      return least === 0 ? undefined : Math.max(least, offset(this.#holdsEndAt()));
    }
    const { opensAt } = this.watch;
    if (opensAt === undefined || zero === undefined) return undefined;
    if (window.withinMs !== undefined) return offset(this.closesAt);
    return forMs === 0 ? undefined : Math.max(offset(opensAt) + forMs, offset(this.#holdsEndAt()));
  }

  /** When the last of the holds under way would be long enough. */
  #holdsEndAt(): number {
    const { watches, forMicros = 0 } = this.watch;
    let end = Number.NEGATIVE_INFINITY;
    for (const { holding } of watches) if (holding !== undefined) end = Math.max(end, holding.since + forMicros);
    return end;
  }
}
