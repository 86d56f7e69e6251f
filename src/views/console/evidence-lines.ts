/** What was seen of the peers around an expectation that was not met: the nearest that came, and the log lines beside it. */
import { formatSeconds } from '../../lib/format-duration.ts';
import type { Sighting } from '../../model/expectation.ts';
import { cutEnd, padEnd, padStart } from '../fit-text.ts';
import type { Marks } from '../marks.ts';
import { safeLine } from '../safe-text.ts';
import type { EventOf } from './story.ts';

/** One line of evidence: `15.200s  bob  "pull: no messages"`. */
export interface EvidenceLine {
  readonly text: string;
  /** It is what met, broke or came nearest to the expectation, not just beside it. */
  readonly nearest: boolean;
}

const MOST_NEAREST = 3;
/** Columns of one line: what follows is in the report and in the journal. */
const MOST_WIDTH = 300;

/** The evidence of a decision in the order of time, each thing once; nothing where nothing was seen but what the reason says. */
export function evidenceLines(
  { sightings, around, because }: Pick<EventOf<'expectation-decided'>, 'sightings' | 'around' | 'because'>,
  { ellipsis }: Pick<Marks, 'ellipsis'>,
): readonly EvidenceLine[] {
  if (around.length === 0 && sightings.length === 1 && sightings.every((one) => isSaid(one, because))) return [];
  const nearest = new Set(sightings.slice(0, MOST_NEAREST).map(identity));
  const all = new Map([...around, ...sightings.slice(0, MOST_NEAREST)].map((one) => [identity(one), one]));
  const sorted = [...all.values()].sort((a, b) => a.atMs - b.atMs);
  const time = Math.max(0, ...sorted.map(({ atMs }) => formatSeconds(atMs).length));
  const name = Math.max(0, ...sorted.map(({ peer }) => peer.length));
  return sorted.map((one) => {
    const text = `${padStart(formatSeconds(one.atMs), time)}  ${padEnd(one.peer, name)}  ${seen(one)}`;
    return { text: cutEnd(safeLine(text), MOST_WIDTH, ellipsis), nearest: nearest.has(identity(one)) };
  });
}

/** What a sighting shows, in words. */
function seen({ kind, text }: Sighting): string {
  if (kind === 'status') return `status ${text}`;
  return kind === 'exit' ? `ended with ${text}` : `"${text}"`;
}

/** A reason tells the nearest that was seen, and when; with nothing beside it, a line of its own would only say it again. */
const isSaid = ({ atMs, peer }: Sighting, because: string): boolean =>
  because.includes(peer) && because.includes(Math.abs(atMs / 1000).toFixed(3));

const identity = ({ peer, kind, text, atMs }: Sighting): string => JSON.stringify([peer, kind, text, atMs]);
