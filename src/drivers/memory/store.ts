import type { EvidenceFile } from '../../model/event.ts';
import type { LockHolder } from '../../model/fault.ts';
import { fileNameOf, type RunId, type TestName } from '../../model/names.ts';
import type { KeptRun, RunStore, Store, StoreLock, Stores } from '../../ports/store.ts';
import { leftOutLine, tornLineOf, wholeLinesOf } from '../store/line-bounds.ts';
import type { MemoryDisk, MemoryRun, MemoryTest } from './store-disk.ts';

/** One call of a store, for the hook that may make it fail or wait. */
interface StoreOperation {
  readonly name:
    | 'readState'
    | 'writeState'
    | 'clearState'
    | 'lock'
    | 'unlock'
    | 'holder'
    | 'openRun'
    | 'keptRun'
    | 'journal'
    | 'log'
    | 'containerLog'
    | 'write';
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
    holder: (machine) =>
      operate('holder', () => {
        const lock = disk.tests.get(test)?.lock;
        return lock !== undefined && isHeld(lock, { ...lock, machine }, options) ? { ...lock } : undefined;
      }),
    openRun: (run) =>
      operate('openRun', () => {
        const { runs } = entryOf(disk, test);
        const files = runs.get(run) ?? { journal: [], log: '', containers: new Map(), files: new Map() };
        runs.set(run, files);
        return openRun(files, `${path}/runs/${run}`, operator(test, run, options));
      }),
    keptRun: (run) =>
      operate('keptRun', () => {
        const files = disk.tests.get(test)?.runs.get(run);
        return files && openKeptRun(files, `${path}/runs/${run}`, operator(test, run, options));
      }),
  };
}

function openRun(files: MemoryRun, path: string, operate: Operate): RunStore {
  return {
    path,
    events: files.journal.length,
    journalBytes: files.journal.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0),
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
    containerLog: (peer, pieces, maxBytes) =>
      operate('containerLog', async () => {
        let text = '';
        const keep = (): EvidenceFile => {
          const { kept, cut } = withoutMiddle(text, maxBytes);
          files.containers.set(peer, kept);
          return { path: `containers/${peer}.log`, bytes: Buffer.byteLength(kept), cut };
        };
        try {
          for await (const piece of pieces) text += piece;
        } finally {
          keep();
        }
        return keep();
      }),
    write: (name, text) =>
      operate('write', () => {
        files.files.set(name, text);
        return { path: name, bytes: Buffer.byteLength(text), cut: 0 };
      }),
    [Symbol.asyncDispose]: async () => {},
  };
}

function openKeptRun(files: MemoryRun, path: string, operate: Operate): KeptRun {
  const { containerLog, write } = openRun(files, path, operate);
  const has = async (name: string): Promise<boolean> =>
    files.files.has(name) || [...files.containers.keys()].some((peer) => name === `containers/${peer}.log`);
  return { path, containerLog, write, has };
}

/** As `CappedFile` keeps it. */
function withoutMiddle(text: string, maxBytes: number): { readonly kept: string; readonly cut: number } {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return { kept: text, cut: 0 };
  const quarter = Math.floor(maxBytes / 4);
  const head = bytes.subarray(0, wholeLinesOf(bytes.subarray(0, quarter)));
  const last = bytes.subarray(bytes.length - (maxBytes - quarter));
  const tail = last.subarray(tornLineOf(last));
  const cut = bytes.length - head.length - tail.length;
  return { kept: `${head.toString()}${leftOutLine(cut)}${tail.toString()}`, cut };
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
