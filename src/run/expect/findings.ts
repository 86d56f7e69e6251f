import type { Demand } from '../../model/expectation.ts';
import { parseStatus } from '../../model/wire.ts';
import type { DemandWatch } from './demand-watch.ts';
import { likenessTo } from './nearest.ts';
import type { PeerTrack, Sight } from './peer-track.ts';
import type { Hold, PeerWatch } from './peer-watch.ts';
import { atText, boundText, countText, lengthText, quoted } from './phrases.ts';

/** The window in which a demand was looked at, and the words to say it with. Times are microseconds of the run. */
export interface Scene {
  readonly closesAt: number;
  readonly now: number;
  /** Milliseconds from the start of the timeline. */
  readonly offset: (at: number) => number;
  /** What was wanted, in a sentence: `it`, `connected`, `"hello"`. */
  readonly it: string;
  /** How the window began and ended, in a sentence: `the window opened`, `the window closed`. */
  readonly opening: string;
  readonly closing: string;
  /** How many of the last log lines are compared with what was wanted: it would be felt where hundreds of windows close at once. */
  readonly compared: number;
}

/** Why a peer has not met a demand. */
export interface Finding {
  readonly sentence: string;
  /** What was seen instead, nearest first. */
  readonly seen: readonly Sight[];
}

interface Instead extends Finding {
  /** The sentence behind one that names the peer already. */
  readonly tail: string;
}

/** Says why a peer has not met a demand, and what was seen of it instead. */
export function findingOf(demand: DemandWatch, watch: PeerWatch, scene: Scene): Finding {
  const { peer, end } = watch.track;
  const found = insteadOf(demand, watch, scene);
  if (end === undefined || demand.demand.condition.kind === 'exit') return found;
  const unopened = demand.opensAt === undefined || end.at < demand.opensAt;
  const bounded = unopened || scene.closesAt !== Number.POSITIVE_INFINITY;
  // That a peer stops is how every run ends: it explains something only within a window that ends before.
  if (end.kind === 'stopped' && !bounded) return found;
  const before = unopened ? `, before ${scene.opening}` : bounded ? ', before the window closed' : '';
  const exit: Sight = { kind: 'exit', text: end.code === undefined ? 'unknown' : String(end.code), at: end.at };
  return {
    sentence: `${peer} ${end.kind} ${atText(scene.offset(end.at))}${before}; ${found.tail}`,
    seen: [exit, ...found.seen],
  };
}

function insteadOf(demand: DemandWatch, watch: PeerWatch, scene: Scene): Instead {
  const { condition } = demand.demand;
  switch (condition.kind) {
    case 'status':
      return demand.forMicros === undefined ? ofStatus(watch, scene) : ofHold(demand.forMicros, watch, scene);
    case 'log':
      return ofLog(demand, condition, watch, scene);
    case 'exit':
      return ofExit(demand, watch, scene);
  }
}

function ofStatus({ track, early, opening }: PeerWatch, { offset, it, opening: begin }: Scene): Instead {
  const { peer } = track;
  // Every peer's last status is `stopped`, sooner or later: what it said before tells more.
  const isOver = track.status !== undefined && parseStatus(track.status.text).word === 'stopped';
  const status = isOver ? (track.statusBefore ?? track.status) : track.status;
  const missed = track.missed - (opening?.missed ?? 0);
  const unread = missed === 0 ? '' : ` (${countText(missed, 'status', 'statuses')} went by unread)`;
  if (status === undefined)
    return { sentence: `${peer} reported no status${unread}`, tail: `it had reported no status${unread}`, seen: [] };
  const which = status === track.status ? 'its last status' : 'its last status before "stopped"';
  const last = `${which} was ${quoted(status.text)}, ${atText(offset(status.at))}${unread}`;
  if (early === undefined) return { sentence: `${peer} never reported ${it}; ${last}`, tail: last, seen: [status] };
  const earlier = `${peer} reported ${it} ${atText(offset(early.at))}, before ${begin}`;
  return early.at === status.at && early.text === status.text
    ? { sentence: `${earlier}, and not again${unread}`, tail: last, seen: [status] }
    : { sentence: `${earlier}; ${last}`, tail: last, seen: [status, early] };
}

function ofHold(forMicros: number, watch: PeerWatch, scene: Scene): Instead {
  const { track, bestHold, holding } = watch;
  const { offset, it } = scene;
  const open: Hold | undefined =
    holding === undefined ? undefined : { since: holding.since, until: Math.min(scene.now, scene.closesAt) };
  const isOpen = open !== undefined && (bestHold === undefined || lengthOf(open) >= lengthOf(bestHold));
  const best = isOpen ? open : bestHold;
  if (best === undefined) return ofStatus(watch, scene);
  const length = `${lengthText(lengthOf(best) / 1000)} of ${boundText(forMicros / 1000)}`;
  const until = atText(offset(best.until));
  const how = isOpen
    ? `until ${scene.closing} ${until}`
    : `broken by ${best.brokenBy === undefined ? 'its end' : quoted(best.brokenBy.text)} ${until}`;
  const seen = best.brokenBy ?? track.status;
  return {
    sentence: `${track.peer} held ${it} for ${length}, ${how}`,
    tail: `it had held for ${length}`,
    seen: seen === undefined ? [] : [seen],
  };
}

const lengthOf = ({ since, until }: Hold): number => until - since;

function ofLog(
  demand: DemandWatch,
  condition: Extract<Demand['condition'], { kind: 'log' }>,
  watch: PeerWatch,
  { offset, it, opening, compared }: Scene,
): Instead {
  const { track, early } = watch;
  const { peer, logs } = track;
  if (early !== undefined) {
    const before = `wrote ${it} ${atText(offset(early.at))}, before ${opening}`;
    return { sentence: `${peer} ${before}`, tail: `it ${before}`, seen: [early] };
  }
  const from = watch.opening?.lines ?? (hasOpened(demand) ? logs.countBefore(demand.opensAt ?? 0) : 0);
  const count = logs.count - from;
  if (logs.count === 0) return { sentence: `${peer} wrote no log line`, tail: 'it had written no log line', seen: [] };
  const { sight, alike, inside } = nearestLine(track, likenessTo(condition.log), from, compared);
  const outside = alike && !inside ? `, before ${opening}` : '';
  const seen = `${alike ? 'nearest' : 'the last one'} ${quoted(sight.text)} ${atText(offset(sight.at))}${outside}`;
  const never = `${it === 'it' ? 'never seen' : `never ${it}`} in ${countText(count, 'log line')} of ${peer}`;
  const lines = count === 0 ? `${peer} wrote no log line since ${opening}` : never;
  return { sentence: `${lines}; ${seen}`, tail: seen, seen: [sight] };
}

const hasOpened = ({ opensAt }: DemandWatch): boolean => opensAt !== undefined && opensAt !== Number.NEGATIVE_INFINITY;

/** The line that is most alike, of those from an index on or else of all; the last one where none is. There is at least one line. */
function nearestLine(
  { logs }: PeerTrack,
  likeness: (line: string, best: number) => number,
  from: number,
  compared: number,
): { readonly sight: Sight; readonly alike: boolean; readonly inside: boolean } {
  let best = logs.count - 1;
  let bestLikeness = 0;
  let bestInside = false;
  for (let index = logs.count - 1; index >= Math.max(logs.oldest, logs.count - compared); index--) {
    const inside = index >= from;
    if (bestInside && !inside) break;
    const here = likeness(logs.line(index).message, bestLikeness);
    if (here > bestLikeness) {
      best = index;
      bestLikeness = here;
      bestInside = inside;
    }
  }
  const { message, at } = logs.line(best);
  return { sight: { kind: 'log', text: message, at }, alike: bestLikeness > 0, inside: best >= from };
}

function ofExit(demand: DemandWatch, { track }: PeerWatch, { offset, opening }: Scene): Instead {
  const { peer, end, status, lostHost } = track;
  if (end === undefined) {
    const lost =
      lostHost === undefined
        ? ''
        : `: ${lostHost.host} was lost ${atText(offset(lostHost.at))}, and nothing heard of it since`;
    const sentence = `${peer} had not ended${lost}`;
    return { sentence, tail: sentence, seen: status === undefined ? [] : [status] };
  }
  const how = end.code === undefined ? 'ended, with a code that is not known,' : `exited with ${end.code}`;
  const memory = end.oomKilled ? ' (out of memory)' : '';
  const before = demand.opensAt === undefined || end.at < demand.opensAt ? `, before ${opening}` : '';
  const sentence = `${peer} ${how}${memory} ${atText(offset(end.at))}${before}`;
  const exit: Sight = { kind: 'exit', text: end.code === undefined ? 'unknown' : String(end.code), at: end.at };
  return { sentence, tail: sentence, seen: [exit] };
}
