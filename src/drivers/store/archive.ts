import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TmError } from '../../model/fault.ts';

import type { Archive, ArchivedRun } from '../../ports/archive.ts';
import { chooseRun } from './choose-run.ts';
import { errorCode, fileFault } from './file-fault.ts';
import { readJournal } from './read-journal.ts';
import { readTail } from './read-tail.ts';
import { replaceFileSoon } from './replace-file.ts';
import { byAge } from './run-order.ts';

/** Its presence makes a directory that of a run. */
const JOURNAL = 'events.ndjson';

/** The runs that are kept under a directory, usually `.tm`, as `createFileStores` writes them. `directory` is how messages call it. */
export function createFileArchive(directory: string): Archive {
  const root = resolve(directory);
  const runs = async (): Promise<readonly ArchivedRun[]> => {
    const found: ArchivedRun[] = [];
    for (const test of await directoriesIn(root, directory)) {
      const kept = join(root, test, 'runs');
      for (const run of await directoriesIn(kept, join(directory, test, 'runs'))) {
        const path = join(kept, run);
        if (await isThere(join(path, JOURNAL))) found.push({ run, path });
      }
    }
    return found.sort(byAge);
  };
  return {
    runs,
    find: async (name) =>
      (name === undefined ? undefined : await atPath(name)) ?? chooseRun(await runs(), name, directory),
    journal: (run, { follow } = {}) => readJournal(join(run.path, JOURNAL), follow),
    tail: (run, bytes) => readTail(join(run.path, JOURNAL), bytes),
    containerLog: (run, peer) => readText(join(run.path, 'containers', `${peer}.log`)),
    write: async (run, name, content) => {
      const path = join(run.path, name);
      try {
        await replaceFileSoon(path, content);
        return path;
      } catch (error) {
        throw fileFault(`cannot write ${path}`, error);
      }
    },
  };
}

/** The run whose directory or journal stands at a path; undefined where nothing does. A directory of something else is a fault. */
async function atPath(name: string): Promise<ArchivedRun | undefined> {
  const path = resolve(name);
  const directory = basename(path) === JOURNAL ? dirname(path) : path;
  if (await isThere(join(directory, JOURNAL))) return { run: basename(directory), path: directory };
  const isPath = /[/\\]/.test(name);
  if (!isPath) return undefined;
  const message = (await isThere(path)) ? `${name} is not a run: it has no ${JOURNAL}` : `there is no ${name}`;
  throw new TmError({
    kind: 'usage',
    message,
    hint: 'give the directory of a run, or its id; tm runs lists those kept here',
  });
}

/** What a file holds, in pieces; nothing where there is none. */
async function* readText(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileFault(`cannot read ${path}`, error);
  }
}

async function directoriesIn(path: string, shown: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw fileFault(`cannot read ${shown}`, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return false;
    throw fileFault(`cannot read ${path}`, error);
  }
}
