/** One kept run in a few facts, for lists. */
import type { Verdict } from './event.ts';
import type { RunId, TestName } from './names.ts';

export interface RunSummary {
  /** Its id, which is the name of its directory. */
  readonly run: RunId;
  /** Absolute path of that directory. */
  readonly path: string;
  /** Missing where its journal is empty or none that this tm reads. */
  readonly test?: TestName;
  /** Wall time, ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly peers?: number;
  /** Counted as they were decided; `all` are those of its test. */
  readonly expectations?: { readonly met: number; readonly unmet: number; readonly all: number };
  readonly state: RunState;
}

export type RunState =
  | { readonly kind: 'ended'; readonly verdict: Verdict['kind']; readonly exitCode: number; readonly ms: number }
  /** Its tm is at work. */
  | { readonly kind: 'running' }
  /** Its tm is gone, without having ended it. */
  | { readonly kind: 'did-not-end' }
  | { readonly kind: 'unreadable'; readonly because: string };
