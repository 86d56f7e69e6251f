import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './file-fault.ts';

const DRAFT = '.draft';

/** Writes a file so that a reader, and a machine that crashes, have the old text or the new, never a part. Mode 0600. Throws as `fs` does. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await replace(path, (draft) => writeNewFile(draft, text));
  await syncDirectory(dirname(path));
}

/** The same for what can be made again: a reader never sees a part, but a machine that crashes may lose it. Waits for no disk. */
export async function replaceFileSoon(path: string, text: string): Promise<void> {
  await replace(path, (draft) => writeFile(draft, text, { flag: 'wx', mode: 0o600 }));
}

async function replace(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomUUID()}${DRAFT}`;
  try {
    await write(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Creates a file that must not be there (else `EEXIST`), mode 0600, and resolves when it is on the disk. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

/** Removes what a crash left of earlier replacements of the file: a draft may hold secrets. */
export async function removeDrafts(path: string): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(DRAFT)) continue;
    await rm(join(directory, name), { force: true });
  }
}

/** Makes a rename last; some file systems cannot, and do it by themselves. */
async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path);
    await directory.sync();
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error;
  }
}
