import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { disposeQuietly } from '../../lib/dispose-quietly.ts';
import { type Fault, toFault } from '../../model/fault.ts';
import type { TestName } from '../../model/names.ts';
import type { State, Store, Stores } from '../../ports/store.ts';
import { candidates, claimDirectory, findDirectory } from './claim.ts';
import { errorCode, fileFault } from './file-fault.ts';
import { findKeptRun } from './kept-run.ts';
import { takeLock } from './lock-file.ts';
import { isStale, readLockRecord } from './lock-record.ts';
import { takeMachineLock } from './machine-lock.ts';
import { openRunDirectory } from './run-directory.ts';
import { checkOwner, type FoundState, readStateFile, removeStateFile, writeStateFile } from './state-file.ts';

/**
 * The stores under a directory, usually `.tm`, as behaviour asks for them: `<test>/{state.json,lock,runs/<run>/…}`, directories 0700,
 * files 0600. `directory` is how messages call it; it is resolved now, and made when something is first written. `machineLocks` is where
 * runs of one test in different directories find each other.
 */
export function createFileStores(directory: string, options: { readonly machineLocks?: string } = {}): Stores {
  const root = resolve(directory);
  return {
    open: (test) => openStore(root, directory, test, options.machineLocks),
    known: (onUnusable) => known(root, directory, onUnusable),
  };
}

function openStore(root: string, shownRoot: string, test: TestName, machineLocks: string | undefined): Store {
  // Until it is looked up, the name that the directory has unless another test has taken it.
  let name = candidates(test)[0];
  const shown = (file: string): string => join(shownRoot, name, file);
  const find = async (): Promise<boolean> => {
    const found = await findDirectory(root, test);
    name = found ?? name;
    return found !== undefined;
  };
  const claim = async (): Promise<string> => {
    name = await claimDirectory(root, shownRoot, test);
    return join(root, name);
  };
  /** State writes one after the other, so that the last one asked for is the one that stays. */
  let lastWrite: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    lastWrite = lastWrite.catch(() => {}).then(work);
    return lastWrite;
  };

  return {
    get path() {
      return join(shownRoot, name);
    },
    readState: async () => {
      if (!(await find())) return undefined;
      const found = await readStateFile(join(root, name, 'state.json'), shown('state.json'));
      return checkOwner(found, test, shown('state.json'));
    },
    writeState: (state) => {
      const written = structuredClone(state);
      return inTurn(async () => {
        const path = join(await claim(), 'state.json');
        await writeStateFile(path, shown('state.json'), written);
      });
    },
    clearState: () =>
      inTurn(async () => {
        if (await find()) await removeStateFile(join(root, name, 'state.json'), shown('state.json'));
      }),
    lock: async (holder) => {
      const here = await takeLock(join(await claim(), 'lock'), shown('lock'), holder);
      if (!('held' in here) || machineLocks === undefined) return here;
      const there = await takeMachineLock(machineLocks, test, holder).catch(async (error: unknown) => {
        await disposeQuietly(here);
        throw error;
      });
      if (!('held' in there)) {
        await disposeQuietly(here);
        return there;
      }
      return { held: true, [Symbol.asyncDispose]: () => disposeQuietly(there, here) };
    },
    holder: async (machine) => {
      if (!(await find())) return undefined;
      const record = await readLockRecord(join(root, name, 'lock'), shown('lock'));
      return record === undefined || (await isStale(record, machine)) ? undefined : record.holder;
    },
    openRun: async (run) => openRunDirectory(join(await claim(), 'runs', run), shown(join('runs', run))),
    keptRun: async (run) =>
      (await find()) ? findKeptRun(join(root, name, 'runs'), run, shown(join('runs', run))) : undefined,
  };
}

async function known(
  root: string,
  shownRoot: string,
  onUnusable: (fault: Fault) => void = () => {},
): Promise<readonly State[]> {
  const found: FoundState[] = [];
  for (const name of await directoriesIn(root, shownRoot)) {
    try {
      const state = await readStateFile(join(root, name, 'state.json'), join(shownRoot, name, 'state.json'));
      if (state !== undefined) found.push(state);
    } catch (error) {
      onUnusable(toFault(error));
    }
  }
  return found.sort((a, b) => b.writtenAt - a.writtenAt).map(({ state }) => state);
}

async function directoriesIn(root: string, shownRoot: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileFault(`cannot read ${shownRoot}`, error);
  }
}
