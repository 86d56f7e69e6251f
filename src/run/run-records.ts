import { disposeQuietly } from '../lib/dispose-quietly.ts';
import type { TmEvent } from '../model/event.ts';
import type { RunStore } from '../ports/store.ts';
import { type CappedRunLog, cappedRunLog } from './evidence/capped-run-log.ts';
import { LIMITS } from './evidence/limits.ts';
import type { RunRequest } from './request.ts';

/** The directory of a run, and the readable log in it. */
export class RunRecords {
  #store: RunStore | undefined;
  #log: CappedRunLog | undefined;

  /** Undefined until the run has begun, and for what is no run. */
  get store(): RunStore | undefined {
    return this.#store;
  }

  /** From here on the run is kept there. `runLog` draws the readable log. */
  open(store: RunStore, runLog: RunRequest['runLog']): void {
    this.#store = store;
    // A log that cannot be written does not end a test: the journal is the record, and its failure does.
    const append = (text: string) => void store.log(text).catch(() => undefined);
    this.#log = runLog === undefined ? undefined : cappedRunLog(runLog, append, LIMITS.runLog);
  }

  /** Writes an event into the readable log. */
  hear(event: TmEvent): void {
    this.#log?.event(event);
  }

  /** Bytes of `run.log`, and bytes of log lines that were left out of it. */
  kept(): { readonly bytes: number; readonly cut: number } {
    return this.#log?.kept() ?? { bytes: 0, cut: 0 };
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#log?.close().catch(() => undefined);
    await disposeQuietly(this.#store);
  }
}
