import type { TmEvent } from '../../model/event.ts';
import { LOG_LEVELS, type LogLevel } from '../../model/wire.ts';

/** What a watcher wants to see. */
export interface WatchFilter {
  /** Only these peers; empty: all of them. */
  readonly peers: readonly string[];
  /** Log lines of this level and graver ones. */
  readonly level: LogLevel;
}

/**
 * Whether a watcher sees an event. What concerns the whole run always passes, so that nobody waits for a peer of a run
 * that is over; steps are a host's, so they pass only for someone who watches every peer.
 */
export function passes(event: TmEvent, filter: WatchFilter): boolean {
  if (event.type === 'log' && LOG_LEVELS.indexOf(event.level) > LOG_LEVELS.indexOf(filter.level)) return false;
  if (filter.peers.length === 0) return true;
  if ('step' in event) return false;
  return !('peer' in event) || filter.peers.includes(event.peer);
}

/** The peers that a filter names and a run does not have. */
export function strangers(filter: WatchFilter, peers: readonly string[]): readonly string[] {
  return filter.peers.filter((peer) => !peers.includes(peer));
}
