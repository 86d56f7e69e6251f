import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../../lib/digest.ts';
import type { LockHolder } from '../../model/fault.ts';
import { fileNameOf, type TestName } from '../../model/names.ts';
import type { StoreLock } from '../../ports/store.ts';
import { fileFault } from './file-fault.ts';
import { takeLock } from './lock-file.ts';

/**
 * The lock of a test on this machine, beside the one in `.tm/`: the same test started in another directory has another `.tm/`, but the
 * same containers and the same Redis, and would take them for left-overs of a run that died.
 */
export async function takeMachineLock(
  directory: string,
  test: TestName,
  holder: LockHolder,
): Promise<StoreLock | { readonly heldBy: LockHolder }> {
  const path = join(directory, `${fileNameOf(test).slice(0, 40)}-${digest(test).slice(0, 12)}.lock`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFault(`cannot make ${directory}`, error);
  }
  return takeLock(path, path, holder);
}
