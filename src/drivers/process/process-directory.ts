import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import { errorCode, fileFault } from '../store/file-fault.ts';
import { writeNewFile } from '../store/replace-file.ts';
import { filesOf, type ProcessFiles } from './files.ts';
import type { ProcessRecord } from './record.ts';

/** Not one of the names that are looked for (`tm-…`): what is made or removed there is not half a process to anybody. */
const hidden = (name: string): string => `.${name}`;

/**
 * Makes the directory of a process, which appears with its record in it or not at all, so that there is nothing of ours that does not say so.
 * Throws `conflict` where there is one of that name.
 */
export async function makeDirectory(host: HostName, root: string, record: ProcessRecord): Promise<ProcessFiles> {
  const files = filesOf(root, record.name);
  const draft = filesOf(root, hidden(record.name));
  try {
    await rm(draft.directory, { recursive: true, force: true });
    await mkdir(root, { recursive: true, mode: 0o700 });
    await mkdir(draft.directory, { mode: 0o700 });
    await writeNewFile(draft.record, JSON.stringify(record));
    await rename(draft.directory, files.directory);
    return files;
  } catch (error) {
    await rm(draft.directory, { recursive: true, force: true });
    if (!['EEXIST', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) {
      throw fileFault(`cannot make ${files.directory}`, error);
    }
    const message = `there is a process ${record.name} already (${files.directory})`;
    throw new TmError({ kind: 'conflict', host, message, hint: 'remove it first: tm destroy' }, { cause: error });
  }
}

/** Removes all files of a process, however far this comes. */
export async function removeDirectory(files: ProcessFiles, name: string): Promise<void> {
  const grave = filesOf(dirname(files.directory), hidden(name)).directory;
  try {
    await rm(grave, { recursive: true, force: true });
    await rename(files.directory, grave).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    await rm(grave, { recursive: true, force: true });
    await rm(files.exit, { force: true });
  } catch (error) {
    throw fileFault(`cannot remove ${files.directory}`, error);
  }
}
