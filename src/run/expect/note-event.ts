import type { DemandWatch } from './demand-watch.ts';
import type { PeerEnd, Sight } from './peer-track.ts';
import type { PeerWatch } from './peer-watch.ts';
import type { Watched } from './watch-index.ts';

/** What happened to a peer that is watched. `at` in microseconds of the run. */
export type PeerEvent =
  | { readonly kind: 'status'; readonly text: string; readonly missed: number; readonly at: number }
  | { readonly kind: 'end'; readonly end: PeerEnd };

/** Told of each demand that a peer has met by what happened. */
type Counted = (demand: DemandWatch, watch: PeerWatch) => void;

/** Takes a log line down, and shows it to those whom it may matter to. Apart from the other events, because there are very many. */
export function noteLog({ track, logs }: Watched, message: string, at: number, counted: Counted): void {
  track.logs.push(message, at);
  for (const topic of logs.inLine(message)) {
    const line: Sight = { kind: 'log', text: message, at };
    for (const { demand, watch } of topic.watching.values()) if (demand.wrote(watch, line)) counted(demand, watch);
  }
}

/** The same for a status or an end. */
export function noteEvent({ track, statuses, all }: Watched, event: PeerEvent, counted: Counted): void {
  if (event.kind === 'end') {
    for (const { demand, watch } of [...all.values()]) if (demand.ended(watch, event.end)) counted(demand, watch);
    track.end = event.end;
    return;
  }
  const { text, missed, at } = event;
  const status: Sight = { kind: 'status', text, at };
  track.report(status);
  track.missed += missed;
  for (const topic of statuses.all()) {
    const matched = topic.matches(text);
    for (const { demand, watch } of topic.watching.values())
      if (demand.reported(watch, status, matched)) counted(demand, watch);
  }
}
