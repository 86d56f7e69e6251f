import type { LockHolder } from '../../model/fault.ts';
import { fileNameOf, type RunId, type TestName } from '../../model/names.ts';
import type { RunStore, Store, StoreLock, Stores } from '../../ports/store.ts';
import type { MemoryDisk, MemoryRun, MemoryTest } from './store-disk.ts';

/** One call of a store, for the hook that may make it fail or wait. */
interface StoreOperation {
  readonly name:
    | 'readState'
    | 'writeState'
    | 'clearState'
    | 'lock'
    | 'unlock'
    | 'openRun'
    | 'journal'
    | 'log'
    | 'containerLog';
  readonly test: TestName;
  /** For what is done to a run. */
  readonly run?: RunId;
  /** `before` anything was done; `after`: it was done, and a throw now is an answer that was lost. */
  readonly moment: 'before' | 'after';
}

export interface MemoryStoreOptions {
  /** Asked before and after every operation; a throw fails it. One that always throws is a process that was killed. */
  readonly interfere?: (operation: StoreOperation) => void | Promise<void>;
  /** Whether the process that holds a lock still lives; default: it does. */
  readonly isAlive?: (holder: LockHolder) => boolean;
}

/** The stores of one simulated process. What it wrote stays on the disk when the process is gone. */
export function createMemoryStores(disk: MemoryDisk, options: MemoryStoreOptions = {}): Stores {
  return {
    open: (test) => openStore(disk, test, options),
    known: async () =>
      [...disk.tests.values()]
        .filter(({ state }) => state !== undefined)
        .sort((a, b) => b.used - a.used)
        .map(({ state }) => structuredClone(state!)),
  };
}

function openStore(disk: MemoryDisk, test: TestName, options: MemoryStoreOptions): Store {
  const operate = operator(test, undefined, options);
  const path = `.tm/${fileNameOf(test)}`;
  return {
    path,
    readState: () => operate('readState', () => structuredClone(disk.tests.get(test)?.state)),
    writeState: (state) => {
      // Copied at the call, as the file's text would be: what the caller changes later is not on the disk.
      const written = structuredClone(state);
      return operate('writeState', () => {
        const entry = entryOf(disk, test);
        disk.writes += 1;
        entry.state = written;
        entry.used = disk.writes;
      });
    },
    clearState: () =>
      operate('clearState', () => {
        const entry = disk.tests.get(test);
        if (entry !== undefined) entry.state = undefined;
      }),
    lock: (holder) =>
      operate('lock', () => {
        const entry = entryOf(disk, test);
        if (entry.lock !== undefined && isHeld(entry.lock, holder, options)) return { heldBy: { ...entry.lock } };
        return takeLock(entry, { ...holder }, operate);
      }),
    openRun: (run) =>
      operate('openRun', () => {
        const { runs } = entryOf(disk, test);
        const files = runs.get(run) ?? { journal: [], log: '', containers: new Map() };
        runs.set(run, files);
        return openRun(files, `${path}/runs/${run}`, operator(test, run, options));
      }),
  };
}

function openRun(files: MemoryRun, path: string, operate: Operate): RunStore {
  return {
    path,
    events: files.journal.length,
    journal: (lines) => {
      const written = [...lines];
      return operate('journal', () => {
        for (const line of written) files.journal.push(line);
      });
    },
    log: (text) =>
      operate('log', () => {
        files.log += text;
      }),
    containerLog: (peer, pieces) =>
      operate('containerLog', async () => {
        files.containers.set(peer, '');
        for await (const piece of pieces) files.containers.set(peer, files.containers.get(peer) + piece);
      }),
    [Symbol.asyncDispose]: async () => {},
  };
}

type Operate = <T>(name: StoreOperation['name'], work: () => T | Promise<T>) => Promise<T>;

function operator(test: TestName, run: RunId | undefined, { interfere }: MemoryStoreOptions): Operate {
  return async (name, work) => {
    const operation = { name, test, ...(run === undefined ? {} : { run }) };
    await interfere?.({ ...operation, moment: 'before' });
    const result = await work();
    await interfere?.({ ...operation, moment: 'after' });
    return result;
  };
}

function entryOf(disk: MemoryDisk, test: TestName): MemoryTest {
  const entry = disk.tests.get(test) ?? { state: undefined, used: 0, lock: undefined, runs: new Map() };
  disk.tests.set(test, entry);
  return entry;
}

function isHeld(by: LockHolder, taker: LockHolder, { isAlive }: MemoryStoreOptions): boolean {
  return by.machine !== taker.machine || (isAlive?.(by) ?? true);
}

function takeLock(entry: MemoryTest, holder: LockHolder, operate: Operate): StoreLock {
  entry.lock = holder;
  return {
    held: true,
    [Symbol.asyncDispose]: () =>
      operate('unlock', () => {
        if (entry.lock === holder) entry.lock = undefined;
      }),
  };
}
