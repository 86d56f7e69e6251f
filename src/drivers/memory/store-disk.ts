import type { LockHolder } from '../../model/fault.ts';
import type { PeerName, RunId, TestName } from '../../model/names.ts';
import type { State } from '../../ports/store.ts';

/** What one run left behind. Tests may read all of it. */
export interface MemoryRun {
  /** `events.ndjson`, a line each. */
  readonly journal: string[];
  /** `run.log`. */
  log: string;
  /** `containers/<peer>.log`. */
  readonly containers: Map<PeerName, string>;
  /** What else was written, by name: `plan.json`. */
  readonly files: Map<string, string>;
}

/** What one test left behind. */
export interface MemoryTest {
  state: State | undefined;
  /** Which write of the whole disk its state was: the greatest was used last. */
  used: number;
  lock: LockHolder | undefined;
  readonly runs: Map<RunId, MemoryRun>;
}

/** What survives a crash of tm: share one disk among the stores of simulated processes. */
export interface MemoryDisk {
  readonly tests: Map<TestName, MemoryTest>;
  /** State writes so far. */
  writes: number;
}

export function createMemoryDisk(): MemoryDisk {
  return { tests: new Map(), writes: 0 };
}
