import type { PeerTrack, Sight } from './peer-track.ts';

/** A stretch of time for which a wanted status held. */
export interface Hold {
  readonly since: number;
  readonly until: number;
  /** The status that broke it; missing for the peer's end. */
  readonly brokenBy?: Sight;
}

/** A hold that has not ended; its identity tells it from another one of the same moment. */
export interface HoldUnderWay {
  readonly since: number;
  /** The status that holds. */
  readonly sight: Sight;
}

/** What one peer has done about one demand. Times are microseconds of the run. */
export class PeerWatch {
  readonly track: PeerTrack;
  /** What met the demand in its window, and the time from which it did. */
  hit: { readonly sight: Sight; readonly at: number } | undefined;
  /** The last match before the window opened. */
  early: Sight | undefined;
  /** A hold under way. */
  holding: HoldUnderWay | undefined;
  /** Its peer has ended, as far as this demand goes. */
  over = false;
  /** The longest hold that was broken too soon. */
  bestHold: Hold | undefined;
  /** Of the peer when the window opened: its log lines and its missed statuses so far. */
  opening: { readonly lines: number; readonly missed: number } | undefined;

  constructor(track: PeerTrack) {
    this.track = track;
  }

  /** The hold under way is broken. */
  breakHold(at: number, brokenBy?: Sight): void {
    if (this.holding === undefined) return;
    const { since } = this.holding;
    this.holding = undefined;
    if (this.bestHold !== undefined && this.bestHold.until - this.bestHold.since >= at - since) return;
    this.bestHold = { since, until: at, ...(brokenBy === undefined ? {} : { brokenBy }) };
  }
}
