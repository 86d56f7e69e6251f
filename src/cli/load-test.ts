import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { Secret } from '../lib/secret.ts';
import type { Desired } from '../model/desired.ts';
import type { ConfigFault } from '../model/fault.ts';
import { TmError } from '../model/fault.ts';
import type { Spec } from '../model/spec.ts';
import { desire } from '../plan/desire.ts';
import { place } from '../plan/place.ts';

/** A config file, read and placed. */
export interface LoadedTest {
  /** Missing where there is an error among the faults. */
  readonly desired?: Desired;
  readonly spec?: Spec;
  readonly faults: readonly ConfigFault[];
  /** The path as it is shown: relative to the working directory. */
  readonly shown: string;
}

/** Reads a config file and decides where everything goes. Throws `usage` for a file that cannot be read; faults inside it are values. */
export async function loadTest(path: string, externalRedis?: Secret): Promise<LoadedTest> {
  const absolute = resolve(path);
  const shown = relative(process.cwd(), absolute) || path;
  const bytes = await readBytes(path);
  const loaded = await loadConfig(bytes, shown, {
    path: absolute,
    externalRedis: externalRedis !== undefined,
    place: (fleet) => {
      const placement = place(fleet);
      return placement.kind === 'placed' ? placement.peers : [];
    },
  });
  const { spec, faults } = loaded;
  if (spec === undefined) return { faults, shown };
  const placement = place(spec);
  if (placement.kind !== 'placed') {
    const message = placement.groups.map((group) => group.message).join('; ');
    throw new TmError({ kind: 'config', faults: [], message, hint: 'give a host these tags, or the peers others' });
  }
  const external = externalRedis === undefined ? {} : { externalRedis: { display: displayUrl(externalRedis) } };
  return { spec, faults, shown, desired: desire(spec, placement.peers, external) };
}

/** A Redis URL without its password. */
export function displayUrl(url: Secret): string {
  const shown = new URL(url.reveal());
  if (shown.password !== '') shown.password = 'redacted';
  return shown.toString();
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
