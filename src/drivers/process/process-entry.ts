import type { ProcessMarks } from './marks.ts';

/** A living process of this machine. */
export interface ProcessEntry {
  readonly pid: number;
  /** Process group. */
  readonly group: number;
  /** Undefined where the system does not tell. */
  readonly session?: number;
  /** When it began, as `startMark` gives it. */
  readonly mark: string;
  /** What makes it ours; undefined for others', and for those whose environment may not be read. */
  readonly marks?: ProcessMarks;
}
