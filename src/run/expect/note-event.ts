import type { DemandWatch } from './demand-watch.ts';
import type { PeerEnd, Sight } from './peer-track.ts';
import type { PeerWatch } from './peer-watch.ts';
import type { Watched } from './watch-index.ts';

/** What happened to a peer that is watched. `at` in microseconds of the run. */
export type PeerEvent =
  | {
      readonly kind: 'status';
      readonly text: string;
      readonly said: string;
      readonly missed: number;
      readonly at: number;
    }
  /** It ended to be started again: it has no status until it reports one. */
  | { readonly kind: 'restart'; readonly at: number }
  /** The engine has said that it ended; what it wrote before may still be on its way. */
  | { readonly kind: 'exit'; readonly end: PeerEnd }
  /** The same, and all that it wrote has been told. */
  | { readonly kind: 'end'; readonly end: PeerEnd };

/** Told of each demand that a peer has met by what happened. */
type Counted = (demand: DemandWatch, watch: PeerWatch) => void;

/**
 * Takes a log line down, and shows it to those whom it may matter to, by what was `said`: the line with its secrets. Apart from the other
 * events, because there are very many.
 */
export function noteLog({ track, logs }: Watched, message: string, said: string, at: number, counted: Counted): void {
  track.logs.push(message, at);
  for (const topic of logs.inLine(said)) {
    const line: Sight = { kind: 'log', text: message, at };
    for (const { demand, watch } of topic.watching.values()) if (demand.wrote(watch, line)) counted(demand, watch);
  }
}

/** The same for a status or an end. */
export function noteEvent({ track, statuses, all }: Watched, event: PeerEvent, counted: Counted): void {
  if (event.kind === 'exit' || event.kind === 'end') {
    for (const { demand, watch } of [...all.values()]) {
      // Its code and its status are settled by the engine's word; its lines are not, before they are all told.
      if (watch.over || (event.kind === 'exit' && !demand.endsAtOnce)) continue;
      watch.over = true;
      if (demand.ended(watch, event.end)) counted(demand, watch);
    }
    track.stands = false;
    if (event.kind === 'end') track.end = event.end;
    return;
  }
  if (event.kind === 'restart') {
    for (const { demand, watch } of [...all.values()]) if (demand.interrupted(watch, event.at)) counted(demand, watch);
    track.stands = false;
    return;
  }
  const { text, said, missed, at } = event;
  const status: Sight = { kind: 'status', text, said, at };
  track.report(status);
  track.missed += missed;
  // What hides before it may have been another status.
  if (missed > 0)
    for (const { demand, watch } of [...all.values()]) if (demand.interrupted(watch, at)) counted(demand, watch);
  for (const topic of statuses.all()) {
    const matched = topic.matches(said);
    for (const { demand, watch } of topic.watching.values())
      if (demand.reported(watch, status, matched)) counted(demand, watch);
  }
}
