import type { Secret } from '../lib/secret.ts';
import type { Desired } from '../model/desired.ts';
import type { TmEvent } from '../model/event.ts';

/** What a person asked for. */
export interface RunRequest {
  readonly desired: Desired;
  /** `--redis-url`; its password stays inside. */
  readonly externalRedis?: Secret;
  /** `always`: `tm <config>`; `after-timeline`: `tm apply`, which leaves what a failure before the timeline made; `keep`: `--keep`. */
  readonly cleanup: 'always' | 'after-timeline' | 'keep';
  readonly reset: 'none' | 'test' | 'all';
  /** Draws `run.log` from the events, through what it is given to append with. */
  readonly runLog?: (append: (text: string) => void) => RunLog;
}

/** The readable log of a run, drawn as it happens. */
export interface RunLog {
  event(event: TmEvent): void;
  /** Writes what is left. */
  close(): Promise<void>;
}
