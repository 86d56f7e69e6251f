/** The schedule of a test as offsets from zero; only `run/` adds a clock to it. */
import type { CommandWait } from './expectation.ts';
import type { PeerName } from './names.ts';

export interface Timeline {
  /** By time, then by their order in the file; one that waits stands behind what it waits for. */
  readonly entries: readonly TimelineEntry[];
  /** Offset of the last entry (the earliest one, where entries wait), 0 without any. Milliseconds. */
  readonly lengthMs: number;
}

export interface TimelineEntry {
  /** Position in the timeline, from 0: its identity in the journal. */
  readonly index: number;
  /** Milliseconds from the start of the timeline; the earliest offset of an entry that waits. */
  readonly atMs: number;
  /** What it waits for in place of its time; commands are meant by their index. */
  readonly waits?: CommandWait;
  /** Its own name, where the file gives one. */
  readonly id?: string;
  readonly peer: PeerName;
  readonly command: string;
}
