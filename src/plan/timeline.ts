import type { Spec } from '../model/spec.ts';
import type { Timeline } from '../model/timeline.ts';

/** The schedule of a spec: its commands by time, those of one time in file order, numbered from 0. Offsets in milliseconds. */
export function timelineOf(spec: Pick<Spec, 'commands'>): Timeline {
  // Array.prototype.sort is stable, so that commands of one time stay as they were written.
  const entries = [...spec.commands]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, peer, command }, index) => ({ index, atMs, peer, command }));
  return { entries, lengthMs: entries.at(-1)?.atMs ?? 0 };
}
