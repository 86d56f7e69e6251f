import { disposeQuietly } from '../lib/dispose-quietly.ts';
import type { Redactor } from '../lib/redactor.ts';
import { Secret } from '../lib/secret.ts';
import type { Fault, LockHolder } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import type { RunId } from '../model/names.ts';
import type { State, Store, StoreLock } from '../ports/store.ts';
import { lockedFault } from './locked-fault.ts';
import { passwordOf } from './password-of.ts';

/** What `.tm/` knows of a test: its state, and its lock while a run has it. */
export class TestMemory {
  readonly store: Store;
  readonly #redactor: Redactor;
  #state: State | undefined;
  #lock: StoreLock | undefined;

  constructor(store: Store, redactor: Redactor) {
    this.store = store;
    this.#redactor = redactor;
  }

  /** As it was last read or written. */
  get state(): State | undefined {
    return this.#state;
  }

  /** Looks at what the last run left, without the lock. */
  async read(): Promise<void> {
    this.#state = await this.store.readState();
    // What the last run's peers wrote may be kept by this one, and they knew them.
    this.#redactor.hide(...secretsOf(this.#state));
  }

  /**
   * Takes the test's lock and remembers what the last run left. Throws `locked`, and `failed` for a memory that cannot be used, unless that
   * is told to `onUnusable`: then it goes on without.
   */
  async lock(holder: LockHolder, onUnusable?: (fault: Fault) => void): Promise<void> {
    const lock = await this.store.lock(holder);
    if (!('held' in lock)) throw lockedFault(lock.heldBy, `the test "${holder.test}"`);
    this.#lock = lock;
    try {
      await this.read();
    } catch (error) {
      if (onUnusable === undefined) throw error;
      onUnusable(toFault(error));
    }
  }

  /** The last run, if its timeline never began: what it made is unused, and an apply goes on with it. */
  resumable(): RunId | undefined {
    const last = this.#state?.lastRun;
    const used = this.#state?.usedRuns.some((entry) => entry.run === last) ?? false;
    return last === undefined || used ? undefined : last;
  }

  async write(state: State): Promise<void> {
    this.#state = state;
    await this.store.writeState(state);
  }

  /** Gives the lock back. */
  async close(): Promise<void> {
    await disposeQuietly(this.#lock);
  }
}

/** What nothing may show of a run that is remembered. */
function secretsOf(state: State | undefined): readonly (Secret | undefined)[] {
  const [url, password] = [state?.redisUrl, state?.redisPassword].map((text) =>
    text === undefined ? undefined : new Secret(text),
  );
  return [passwordOf(url), password];
}
