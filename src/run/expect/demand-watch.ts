import type { Demand } from '../../model/expectation.ts';
import { toMicros } from './micros.ts';
import { compileCondition } from './pattern.ts';
import type { PeerEnd, PeerTrack, Sight } from './peer-track.ts';
import { PeerWatch } from './peer-watch.ts';

/** How a demand takes what it sees. */
export interface Manner {
  /** A status that stands when the window opens counts; a hold may begin with one in any case. */
  readonly standing: boolean;
  /** What was heard before the opening was known, at the very time of the opening, counts. */
  readonly closed: boolean;
}

/**
 * One demand over one window: which of its peers have met it, and which cannot any more. It knows when the window opens; that it closes is its
 * owner's business. Times are microseconds of the run.
 */
export class DemandWatch {
  readonly demand: Demand;
  readonly watches: readonly PeerWatch[];
  readonly forMicros: number | undefined;
  readonly matches: (text: string) => boolean;
  /** What is heard of a peer after its end counts too: a line that must never be is one all the same. */
  countsAfterEnd = false;
  readonly #manner: Manner;
  /** Told of each hold that begins, and of the time at which it would be long enough. */
  readonly #onHold: (demand: DemandWatch, watch: PeerWatch, longEnoughAt: number) => void;
  #opensAt: number | undefined;
  #hits = 0;
  #lost = 0;
  #metAt: number | undefined;

  constructor(
    demand: Demand,
    tracks: readonly PeerTrack[],
    manner: Manner,
    onHold: (demand: DemandWatch, watch: PeerWatch, longEnoughAt: number) => void,
  ) {
    this.demand = demand;
    this.watches = tracks.map((track) => new PeerWatch(track));
    this.forMicros = demand.forMs === undefined ? undefined : toMicros(demand.forMs);
    this.matches = compileCondition(demand.condition);
    this.#manner = manner;
    this.#onHold = onHold;
  }

  /** -Infinity for since the peers were started; undefined while it is not known. */
  get opensAt(): number | undefined {
    return this.#opensAt;
  }

  /** The engine's word settles it: an exit code, or a status that must hold. */
  get endsAtOnce(): boolean {
    return this.demand.condition.kind === 'exit' || this.forMicros !== undefined;
  }

  /** How many peers have met it. */
  get hits(): number {
    return this.#hits;
  }

  /** When as many had met it as it takes. */
  get metAt(): number | undefined {
    if (this.#metAt === undefined && this.#hits >= this.demand.count) {
      const times = this.watches.flatMap(({ hit }) => (hit === undefined ? [] : [hit.at]));
      this.#metAt = times.sort((a, b) => a - b)[this.demand.count - 1];
    }
    return this.#metAt;
  }

  /** Enough peers have met it or still can. */
  get possible(): boolean {
    return this.watches.length - this.#lost >= this.demand.count;
  }

  /**
   * The opening becomes known; `open` follows when all that was at that time has been heard. What was heard before counts where it was after the
   * opening, of peers that have not ended since. Says whether something counts.
   */
  opens(at: number): boolean {
    this.#opensAt = at;
    if (this.forMicros !== undefined) return false;
    const before = this.#hits;
    for (const watch of this.watches) {
      const { early, track } = watch;
      if (early === undefined || !(this.#manner.closed ? early.at >= at : early.at > at)) continue;
      if (track.end !== undefined && !this.countsAfterEnd) continue;
      this.#meet(watch, early, early.at);
    }
    return this.#hits > before;
  }

  /** The window is open: looks at what stands. Says whether that counts. */
  open(): boolean {
    const opensAt = this.#opensAt;
    if (opensAt === undefined) return false;
    const before = this.#hits;
    for (const watch of this.watches) {
      const { track } = watch;
      watch.opening = { lines: track.logs.countBefore(opensAt), missed: track.missed };
      if (this.demand.condition.kind !== 'status' || watch.hit !== undefined || watch.holding !== undefined) continue;
      const status = track.standing();
      if (status === undefined || !this.matches(status.said ?? status.text)) continue;
      const since = Math.max(opensAt, status.at);
      if (this.forMicros !== undefined) this.#hold(watch, status, since);
      else if (this.#manner.standing) this.#meet(watch, status, since);
    }
    return this.#hits > before;
  }

  /** A log line that matches. Says whether it counts. */
  wrote(watch: PeerWatch, line: Sight): boolean {
    return this.#saw(watch, line);
  }

  /** A status. Says whether it, or the hold that it ends, counts. */
  reported(watch: PeerWatch, status: Sight, matched: boolean): boolean {
    if (this.forMicros === undefined) return matched && this.#saw(watch, status);
    if (matched) {
      const opensAt = this.#opensAt;
      if (opensAt === undefined || status.at < opensAt) watch.early = status;
      else if (watch.hit === undefined && watch.holding === undefined && watch.track.end === undefined)
        this.#hold(watch, status, status.at);
      return false;
    }
    const counts = this.longEnough(watch, status.at);
    watch.breakHold(status.at, status);
    return counts;
  }

  /** The status that stood may not have stood until now. Says whether the hold that this ends counts. */
  interrupted(watch: PeerWatch, at: number): boolean {
    const counts = this.longEnough(watch, at);
    watch.breakHold(at);
    return counts;
  }

  /** What held is heard of again after a silence: it counts from now on. */
  holdsAnew(at: number): void {
    for (const watch of this.watches) {
      const { holding } = watch;
      if (holding === undefined) continue;
      watch.breakHold(at);
      this.#hold(watch, holding.sight, at);
    }
  }

  /** The peer's end. Says whether its code, or the hold that it ends, counts. */
  ended(watch: PeerWatch, end: PeerEnd): boolean {
    const { condition } = this.demand;
    const exit: Sight = { kind: 'exit', text: String(end.code), at: end.at };
    const counts =
      (condition.kind === 'exit' && condition.code === end.code && this.#saw(watch, exit)) ||
      this.longEnough(watch, end.at);
    watch.breakHold(end.at);
    if (watch.hit === undefined) this.#lost += 1;
    return counts;
  }

  /** Time has come to `at`: says whether the hold under way, if any, is long enough by now, and counts. */
  longEnough(watch: PeerWatch, at: number): boolean {
    const { holding } = watch;
    if (holding === undefined || this.forMicros === undefined) return false;
    const enough = holding.since + this.forMicros;
    if (at < enough) return false;
    this.#meet(watch, holding.sight, enough);
    return true;
  }

  #saw(watch: PeerWatch, sight: Sight): boolean {
    if (watch.hit !== undefined || (watch.track.end !== undefined && !this.countsAfterEnd)) return false;
    if (this.#opensAt === undefined || sight.at < this.#opensAt) {
      watch.early = sight;
      return false;
    }
    this.#meet(watch, sight, sight.at);
    return true;
  }

  #hold(watch: PeerWatch, sight: Sight, since: number): void {
    watch.holding = { since, sight };
    this.#onHold(this, watch, since + (this.forMicros ?? 0));
  }

  #meet(watch: PeerWatch, sight: Sight, at: number): void {
    watch.hit = { sight, at };
    watch.holding = undefined;
    this.#hits += 1;
  }
}
