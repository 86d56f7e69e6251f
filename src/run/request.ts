import type { Secret } from '../lib/secret.ts';
import type { Desired } from '../model/desired.ts';
import type { TmEvent } from '../model/event.ts';

/** What a person asked for. */
export interface RunRequest {
  readonly desired: Desired;
  /** `--redis-url`; its password stays inside. */
  readonly externalRedis?: Secret;
  /** Besides those of Redis: what the config took from the environment, say. They are in no event, no log and no evidence. */
  readonly secrets?: readonly Secret[];
  /** The config file as it was written, for the evidence. */
  readonly config?: { readonly text: string };
  /** `always`: `tm <config>`; `after-timeline`: `tm apply`, which leaves what a failure before the timeline made; `keep`: `--keep`. */
  readonly cleanup: 'always' | 'after-timeline' | 'keep';
  readonly reset: 'none' | 'test' | 'all';
  /** `--fail-fast`: the timeline ends with the first expectation that is not met, and with the first peer that dies. */
  readonly failFast?: boolean;
  /** Draws `run.log` from the events, through what it is given to append with. */
  readonly runLog?: (append: (text: string) => void) => RunLog;
}

/** The readable log of a run, drawn as it happens. */
export interface RunLog {
  event(event: TmEvent): void;
  /** Writes what is left. */
  close(): Promise<void>;
}
