import type { Spec } from '../model/spec.ts';
import type { Timeline, TimelineEntry } from '../model/timeline.ts';

/** The schedule of a spec: its commands, which are in the order of the timeline, numbered from 0. Offsets in milliseconds. */
export function timelineOf(spec: Pick<Spec, 'commands'>): Timeline {
  const entries = spec.commands.map(
    ({ atMs, waits, id, peer, command }, index): TimelineEntry => ({
      index,
      atMs,
      ...(waits === undefined ? {} : { waits }),
      ...(id === undefined ? {} : { id }),
      peer,
      command,
    }),
  );
  return { entries, lengthMs: entries.at(-1)?.atMs ?? 0 };
}
