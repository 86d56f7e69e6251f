/** Everything that can go wrong, as values. IO throws `TmError`; pure code returns faults. */
import type { HostName } from './names.ts';

/** A fault in a config file, located. Lines and columns count from 1; `length` is in characters, for the caret. */
export interface ConfigFault {
  readonly severity: 'error' | 'warning';
  /** A stable word for programs, such as `unknown-key`. */
  readonly code: string;
  /** What is wrong, without the place. */
  readonly message: string;
  /** What to try: `did you mean "charlie"?` */
  readonly suggestion?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The text of that line, for the caret to stand under. */
  readonly source: string;
}

interface FaultText {
  /** What failed, in one sentence. */
  readonly message: string;
  /** What to try, in one sentence or a command. */
  readonly hint?: string;
}

export type Fault =
  /** The config cannot be used. */
  | (FaultText & { readonly kind: 'config'; readonly faults: readonly ConfigFault[] })
  /** The command line cannot be used. */
  | (FaultText & { readonly kind: 'usage' })
  /** A host, an engine or Redis cannot be reached. */
  | (FaultText & { readonly kind: 'unreachable'; readonly what: 'host' | 'docker' | 'redis'; readonly host?: HostName })
  /** A host's key is unknown, changed or refused; nothing was sent to it. */
  | (FaultText & { readonly kind: 'host-key'; readonly host: HostName })
  /** Another run holds the test or the Redis database. */
  | (FaultText & { readonly kind: 'locked'; readonly holder: LockHolder })
  /** Something that is not ours is in the way; we never remove it. */
  | (FaultText & { readonly kind: 'conflict'; readonly host?: HostName })
  /** An operation was tried and failed. */
  | (FaultText & { readonly kind: 'failed'; readonly host?: HostName })
  /** The caller's signal ended the wait. */
  | (FaultText & { readonly kind: 'aborted' });

/** Who holds a lock. */
export interface LockHolder {
  readonly test: string;
  readonly run: string;
  readonly pid: number;
  /** The machine that tm runs on. */
  readonly machine: string;
  readonly user: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The one error that tm's own code throws: it carries a fault that a person can act on. */
export class TmError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, options?: { readonly cause?: unknown }) {
    super(fault.message, options);
    this.name = 'TmError';
    this.fault = fault;
  }
}

/** Any thrown value as a fault; what is not a TmError becomes `failed` with its message. */
export function toFault(error: unknown): Fault {
  if (error instanceof TmError) return error.fault;
  if (error instanceof Error) {
    if (error.name === 'AbortError') return { kind: 'aborted', message: 'stopped' };
    return { kind: 'failed', message: error.message };
  }
  return { kind: 'failed', message: String(error) };
}
