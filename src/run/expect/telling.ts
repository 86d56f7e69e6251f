import type { PeerTrack, Sight } from './peer-track.ts';

/** Something seen of a peer, as evidence. */
export interface Seen {
  readonly track: PeerTrack;
  readonly sight: Sight;
}

/** Why an outcome is what it is. */
export interface Telling {
  /** A sentence without the expectation's own words. */
  readonly because: string;
  /** The most telling first. */
  readonly seen: readonly Seen[];
}
