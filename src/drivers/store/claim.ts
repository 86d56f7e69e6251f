import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../../lib/digest.ts';
import { TmError } from '../../model/fault.ts';
import { fileNameOf, type TestName } from '../../model/names.ts';
import { errorCode, fileFault } from './file-fault.ts';
import { linkAnew } from './link-anew.ts';
import { writeNewFile } from './replace-file.ts';

/** File in a test's directory that holds the test's name as written. */
const OWNER_FILE = 'test';

/**
 * The name of the directory under `root` that is this test's, or undefined where it has none yet. Two tests whose names become the
 * same file name (`a b` and `a-b`; `A` and `a` on a disk that ignores case) do not share one: the later gets a suffix.
 */
export async function findDirectory(root: string, test: TestName): Promise<string | undefined> {
  // The longer one first: it stays this test's when the other test's directory is gone.
  for (const name of candidates(test).toReversed()) {
    if ((await ownerOf(root, name)) === test) return name;
  }
  return undefined;
}

/** The same, made where there is none yet. Mode 0700. `shown` is what messages call `root`. */
export async function claimDirectory(root: string, shown: string, test: TestName): Promise<string> {
  try {
    const found = await findDirectory(root, test);
    if (found !== undefined) return found;
    for (const name of candidates(test)) {
      await mkdir(join(root, name), { recursive: true, mode: 0o700 });
      await claim(join(root, name), test);
      if ((await ownerOf(root, name)) === test) return name;
    }
  } catch (error) {
    throw fileFault(`cannot make a directory for the test ${JSON.stringify(test)} in ${shown}`, error);
  }
  throw new TmError({
    kind: 'failed',
    message: `the directories for the test ${JSON.stringify(test)} in ${shown} are other tests'`,
    hint: 'rename the test',
  });
}

/** File names for the test, the one that is preferred first. */
export function candidates(test: TestName): readonly [string, string] {
  const name = fileNameOf(test);
  return [name, `${name}-${digest(test).slice(0, 6)}`];
}

/** Writes the owner's name into a directory where none stands. */
async function claim(directory: string, test: TestName): Promise<void> {
  const draft = join(directory, `${OWNER_FILE}.${randomUUID()}`);
  await writeNewFile(draft, `${test}\n`);
  try {
    await linkAnew(draft, join(directory, OWNER_FILE));
  } finally {
    await rm(draft, { force: true });
  }
}

async function ownerOf(root: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(root, name, OWNER_FILE), 'utf8');
    return text.replace(/\n$/, '');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw fileFault(`cannot read ${join(root, name, OWNER_FILE)}`, error);
  }
}
