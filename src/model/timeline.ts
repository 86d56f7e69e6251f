/** The schedule of a test as offsets from zero; only `run/` adds a clock to it. */
import type { PeerName } from './names.ts';

export interface Timeline {
  /** By time, then by their order in the file. */
  readonly entries: readonly TimelineEntry[];
  /** Offset of the last entry, 0 without any. Milliseconds. */
  readonly lengthMs: number;
}

export interface TimelineEntry {
  /** Position in the timeline, from 0: its identity in the journal. */
  readonly index: number;
  /** Milliseconds from the start of the timeline. */
  readonly atMs: number;
  readonly peer: PeerName;
  readonly command: string;
}
