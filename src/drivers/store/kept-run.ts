import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunId } from '../../model/names.ts';
import type { KeptRun } from '../../ports/store.ts';
import { errorCode, fileFault } from './file-fault.ts';
import { runFiles } from './run-files.ts';

/** The directory of an earlier run below `runs`; undefined where there is none. `shown` is what messages call it. */
export async function findKeptRun(runs: string, run: RunId, shown: string): Promise<KeptRun | undefined> {
  // It is read from a label, which anybody may have written.
  if (run !== basename(run) || ['', '.', '..'].includes(run)) return undefined;
  const path = join(runs, run);
  if (!(await isThere(join(path, 'events.ndjson'), shown))) return undefined;
  return { path: shown, has: (name) => isThere(join(path, name), `${shown}/${name}`), ...runFiles(path, shown) };
}

async function isThere(path: string, shown: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return false;
    throw fileFault(`cannot read ${shown}`, error);
  }
}
