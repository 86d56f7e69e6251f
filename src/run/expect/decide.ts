import type { EventBody } from '../../model/event.ts';
import type { Sighting } from '../../model/expectation.ts';
import { linesAround } from './around.ts';
import type { Case, Outcome } from './case.ts';
import type { PeerTrack, Sight } from './peer-track.ts';
import { tellOutcome } from './tell-outcome.ts';
import type { Seen } from './telling.ts';
import { offsetFrom, type Times } from './times.ts';

type Decided = Extract<EventBody, { type: 'expectation-decided' }>;

/** How many sightings go with a decision. */
const SHOWN = 3;
/** Characters of a line that are repeated in a decision; the journal has all of it where it was written. */
const LONGEST = 1000;

/** The event that tells an outcome: why, in a sentence, and what was seen. */
export function decide(judged: Case, outcome: Outcome, times: Times): Decided {
  const offset = offsetFrom(times);
  const { because, seen } = tellOutcome(judged, outcome, times);
  const first = seen[0];
  const sighting = ({ track, sight }: Seen): Sighting => sightingOf(track, sight, offset);
  const around = outcome.kind === 'unmet' && first !== undefined ? linesAround(first.track, first.sight) : [];
  return {
    type: 'expectation-decided',
    expectation: judged.expectation.id,
    outcome: outcome.kind,
    because,
    window: windowOf(judged, offset),
    sightings: seen.slice(0, SHOWN).map(sighting),
    around: first === undefined ? [] : around.map((sight) => sighting({ track: first.track, sight })),
  };
}

/** Something seen, for people and the journal: its time as an offset in milliseconds. */
export function sightingOf({ peer }: PeerTrack, { kind, text, at }: Sight, offset: (at: number) => number): Sighting {
  return { peer, kind, text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text, atMs: offset(at) };
}

function windowOf(
  { expectation: { window }, watch, closesAt }: Case,
  offset: (at: number) => number,
): Decided['window'] {
  if (window.kind === 'timeline')
    return {
      ...(window.fromMs === undefined ? {} : { fromMs: window.fromMs }),
      ...(window.byMs === undefined ? {} : { toMs: window.byMs }),
    };
  return {
    ...(watch.opensAt === undefined ? {} : { fromMs: offset(watch.opensAt) }),
    ...(closesAt === Number.POSITIVE_INFINITY ? {} : { toMs: offset(closesAt) }),
  };
}
