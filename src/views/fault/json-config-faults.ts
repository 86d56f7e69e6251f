import type { ConfigFault } from '../../model/fault.ts';

/** A line of a machine-made file can be megabytes long, and programs have the file. */
const MAX_SOURCE = 500;

/** Located faults for programs: NDJSON, one fault a line, each line ended; empty without faults. */
export function jsonConfigFaults(faults: readonly ConfigFault[]): string {
  return faults.map((fault) => `${JSON.stringify({ ...fault, source: fault.source.slice(0, MAX_SOURCE) })}\n`).join('');
}
