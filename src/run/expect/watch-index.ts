import type { PeerName } from '../../model/names.ts';
import type { DemandWatch } from './demand-watch.ts';
import { PeerTrack } from './peer-track.ts';
import type { PeerWatch } from './peer-watch.ts';
import { Topics, type Watching } from './topics.ts';

/** What is looked for in one peer. */
export interface Watched {
  readonly track: PeerTrack;
  readonly statuses: Topics;
  readonly logs: Topics;
  /** Everybody who looks at this peer, for whatever. */
  readonly all: Map<PeerWatch, Watching>;
}

/** Log lines that are held of all peers together, at most about. */
const KEPT_LINES = 100_000;
/** Log lines that are held of one peer, at least and at most. */
const KEPT_OF_PEER = { least: 16, most: 2000 } as const;

/** Who looks at which peer, and for what: an event finds those that it matters to without asking the others. */
export class WatchIndex {
  readonly #peers: ReadonlyMap<PeerName, Watched>;

  /** `peers`: all that some demand is about. */
  constructor(peers: ReadonlySet<PeerName>) {
    const share = Math.floor(KEPT_LINES / Math.max(1, peers.size));
    const kept = Math.min(KEPT_OF_PEER.most, Math.max(KEPT_OF_PEER.least, share));
    this.#peers = new Map(
      [...peers].map((peer) => [
        peer,
        { track: new PeerTrack(peer, kept), statuses: new Topics(), logs: new Topics(), all: new Map() },
      ]),
    );
  }

  of(peer: PeerName): Watched | undefined {
    return this.#peers.get(peer);
  }

  tracks(): readonly PeerTrack[] {
    return [...this.#peers.values()].map(({ track }) => track);
  }

  tracksOf(peers: readonly PeerName[]): readonly PeerTrack[] {
    return peers.flatMap((peer) => this.#peers.get(peer)?.track ?? []);
  }

  add(demand: DemandWatch): void {
    const { condition } = demand.demand;
    for (const watch of demand.watches) {
      const watched = this.#peers.get(watch.track.peer);
      if (watched === undefined) continue;
      const watching = { demand, watch };
      watched.all.set(watch, watching);
      if (condition.kind === 'status') watched.statuses.add(condition.status, watching);
      if (condition.kind === 'log') watched.logs.add(condition.log, watching);
    }
  }

  remove(demand: DemandWatch): void {
    for (const watch of demand.watches) {
      const watched = this.#peers.get(watch.track.peer);
      if (watched === undefined || !watched.all.delete(watch)) continue;
      watched.statuses.remove(watch);
      watched.logs.remove(watch);
    }
  }
}
