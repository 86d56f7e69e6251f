import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunStore } from '../../ports/store.ts';
import { AppendFile } from './append-file.ts';
import { fileFault } from './file-fault.ts';
import { runFiles } from './run-files.ts';

/** Opens the directory of a run, making what is missing. `shown` is what messages call it. */
export async function openRunDirectory(path: string, shown: string): Promise<RunStore> {
  try {
    await mkdir(join(path, 'containers'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFault(`cannot make ${shown}`, error);
  }
  const journal = await AppendFile.open(join(path, 'events.ndjson'), `${shown}/events.ndjson`, 'cut');
  const log = await openBeside(journal, join(path, 'run.log'), `${shown}/run.log`);
  return {
    path: shown,
    events: journal.lines,
    journalBytes: journal.bytes,
    journal: (lines) => journal.append(lines.map((line) => `${line}\n`).join('')),
    log: (text) => log.append(text),
    ...runFiles(path, shown),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([journal[Symbol.asyncDispose](), log[Symbol.asyncDispose]()]);
    },
  };
}

/** Opens a second file; where that fails, the first is closed again. */
async function openBeside(first: AppendFile, path: string, shown: string): Promise<AppendFile> {
  try {
    return await AppendFile.open(path, shown, 'end');
  } catch (error) {
    await first[Symbol.asyncDispose]();
    throw error;
  }
}
