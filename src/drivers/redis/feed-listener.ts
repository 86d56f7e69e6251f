import type { PeerName } from '../../model/names.ts';
import type { ReplicaListener, StreamEntry } from './replica-changes.ts';

/**
 * ```
 *   online ──link lost──► resuming ──the server goes on where we were──► online
 *     ▲                      │ too late, or it cannot
 *     └──a new stream── off ◄┘
 * ```
 * From `off` to `online` there is a gap: what was SET in it has to be read.
 */
export type FeedState = 'online' | 'resuming' | 'off';

export interface FeedListener extends ReplicaListener {
  /** `missed`: statuses before it that were too many to be kept. */
  set(peer: PeerName, status: string, entry: StreamEntry | undefined, missed?: number): void;
  changed(state: FeedState): void;
}
