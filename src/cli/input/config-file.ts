import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { TmError } from '../../model/fault.ts';

/** A config file as it was found. */
export interface ConfigFile {
  readonly absolute: string;
  /** Relative to the working directory, for people. */
  readonly shown: string;
  readonly bytes: Uint8Array;
}

/** Reads a config file. Throws `usage` where it cannot be read. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const absolute = resolve(path);
  return { absolute, shown: relative(process.cwd(), absolute) || path, bytes: await readBytes(path) };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      throw new TmError(
        { kind: 'usage', message: `there is no file ${path}`, hint: 'tm init writes one to begin with' },
        { cause: error },
      );
    if (code === 'EISDIR') throw new TmError({ kind: 'usage', message: `${path} is a directory` }, { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new TmError({ kind: 'usage', message: `${path} cannot be read: ${why}` }, { cause: error });
  }
}
