import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';

/**
 * The absolute path of a workload's program: a path is meant from its working directory; a plain name is looked for on `path` as a shell
 * would, then in the working directory. Throws `failed` where there is nothing that can be run, before anything was touched.
 */
export async function findProgram(
  host: HostName,
  program: string,
  workingDirectory: string,
  path: string,
): Promise<string> {
  const fault = (message: string, hint: string): TmError => new TmError({ kind: 'failed', host, message, hint });
  if ((await kindOf(workingDirectory)) !== 'directory') {
    throw fault(
      `there is no directory ${workingDirectory} to run the peer in`,
      'run the test from where its files are',
    );
  }
  if (program === '') throw fault('the command of the peer is empty', 'name a program in the peer’s command');
  const places = program.includes('/') ? [''] : [...path.split(delimiter), ''];
  let refused: string | undefined;
  for (const place of places) {
    const candidate = resolve(workingDirectory, join(place, program));
    const kind = await kindOf(candidate);
    if (kind === 'program') return candidate;
    if (kind === 'file') refused ??= candidate;
  }
  if (refused !== undefined) throw fault(`${refused} may not be executed`, `chmod +x '${refused}'`);
  if (program.includes('/')) {
    const meant = resolve(workingDirectory, program);
    if ((await kindOf(meant)) === 'directory')
      throw fault(`${meant} is a directory, not a program`, 'name the program in it');
    throw fault(`there is no program ${meant}`, 'build it, or correct the path in the peer’s command');
  }
  throw fault(
    `there is no program "${program}" on the PATH or in ${workingDirectory}`,
    'install it, or give its path in the peer’s command',
  );
}

async function kindOf(path: string): Promise<'directory' | 'program' | 'file' | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'directory';
    if (!found.isFile()) return undefined;
  } catch {
    return undefined;
  }
  return access(path, constants.X_OK).then(
    () => 'program' as const,
    () => 'file' as const,
  );
}
