import type { Case } from './case.ts';
import type { DemandWatch } from './demand-watch.ts';
import { Moments } from './moments.ts';
import type { HoldUnderWay, PeerWatch } from './peer-watch.ts';
import type { Times } from './times.ts';

/** Something that time alone brings about. */
type Moment =
  | { readonly kind: 'open'; readonly demand: DemandWatch }
  | { readonly kind: 'hold'; readonly demand: DemandWatch; readonly watch: PeerWatch; readonly hold: HoldUnderWay }
  | { readonly kind: 'close'; readonly judged: Case };

/** Of one time: windows open first, then holds are long enough, then windows close. */
const RANK = { open: 0, hold: 1, close: 2 } as const satisfies Record<Moment['kind'], number>;

/** Whoever is told what time has brought about. */
export interface Due {
  /** All that was at the opening of a demand's window has been heard. */
  opened(demand: DemandWatch): void;
  /** The hold of a peer that is under way is long enough at this time. */
  heldEnough(demand: DemandWatch, watch: PeerWatch, at: number): void;
  closed(judged: Case): void;
}

/** What is due at which time, in microseconds of the run, and how far time has come. */
export class Schedule implements Times {
  readonly #moments = new Moments<Moment>();
  readonly #due: Due;
  #now = 0;
  #zero: number | undefined;

  constructor(due: Due) {
    this.#due = due;
  }

  /** The latest time that was heard of. */
  get now(): number {
    return this.#now;
  }

  /** Start of the timeline; undefined where it has not begun. */
  get zero(): number | undefined {
    return this.#zero;
  }

  begin(zero: number): void {
    this.#zero = zero;
  }

  opensAt(demand: DemandWatch, at: number): void {
    this.#moments.add(at, RANK.open, { kind: 'open', demand });
  }

  holdsUntil(demand: DemandWatch, watch: PeerWatch, at: number): void {
    if (watch.holding !== undefined)
      this.#moments.add(at, RANK.hold, { kind: 'hold', demand, watch, hold: watch.holding });
  }

  closesAt(judged: Case, at: number): void {
    if (at !== Number.POSITIVE_INFINITY) this.#moments.add(at, RANK.close, { kind: 'close', judged });
  }

  /** Brings about what is due before this time. */
  passBefore(at: number): void {
    while (this.#moments.next() < at) this.#come();
    this.#now = Math.max(this.#now, at);
  }

  /** Brings about what is due up to this time. */
  passThrough(at: number): void {
    while (this.#moments.next() <= at) this.#come();
    this.#now = Math.max(this.#now, at);
  }

  /** The next time at which something is due. */
  next(): number | undefined {
    for (let first = this.#moments.first(); first !== undefined; first = this.#moments.first()) {
      if (isDue(first)) return this.#moments.next();
      this.#moments.take();
    }
    return undefined;
  }

  #come(): void {
    const at = this.#moments.next();
    const moment = this.#moments.take();
    if (moment === undefined || !isDue(moment)) return;
    this.#now = Math.max(this.#now, at);
    switch (moment.kind) {
      case 'open':
        this.#due.opened(moment.demand);
        return;
      case 'hold':
        this.#due.heldEnough(moment.demand, moment.watch, at);
        return;
      case 'close':
        this.#due.closed(moment.judged);
        return;
    }
  }
}

/** A hold that was broken, or a case that was decided, is due no more. */
function isDue(moment: Moment): boolean {
  switch (moment.kind) {
    case 'open':
      return true;
    case 'hold':
      return moment.watch.holding === moment.hold;
    case 'close':
      return moment.judged.outcome === undefined;
  }
}
