import { readFile } from 'node:fs/promises';
import type { LockHolder } from '../../model/fault.ts';
import { TmError } from '../../model/fault.ts';
import { isRunning } from '../process/start-mark.ts';
import { errorCode, fileFault } from './file-fault.ts';

/** What a lock file says: who holds it, and enough to know whether that process still lives. */
export interface LockRecord {
  readonly holder: LockHolder;
  /** When the holder's process began (`startMark`); empty where that could not be told. A pid alone may be another's by now. */
  readonly started: string;
  /** Never used twice, so that a lock is never taken for another. */
  readonly token: string;
}

/** The lock that stands there, or undefined. Throws `failed` for a file that is none of ours: it may not be removed unasked. */
export async function readLockRecord(path: string, shown: string): Promise<LockRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileFault(`cannot read ${shown}`, error);
  }
  const record = parseLockRecord(text);
  if (record !== undefined) return record;
  throw new TmError({
    kind: 'failed',
    message: `${shown} is not a lock that tm wrote`,
    hint: `when no tm runs this test: rm '${shown}'`,
  });
}

/** The record as the file holds it. */
export const formatLockRecord = ({ holder, started, token }: LockRecord): string =>
  `${JSON.stringify({ ...holder, started, token }, undefined, 2)}\n`;

function parseLockRecord(text: string): LockRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const { test, run, pid, machine, user, since, started, token } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return undefined;
  const words = [test, run, machine, user, since, started, token];
  if (!words.every((word) => typeof word === 'string') || token === '') return undefined;
  const holder = { test, run, pid, machine, user, since } as LockHolder;
  return { holder, started: started as string, token: token as string };
}

/** Whether its holder is known to be dead: a process of this machine that ended, or whose pid is another's by now. */
export async function isStale(record: LockRecord, machine: string): Promise<boolean> {
  return record.holder.machine === machine && !(await isRunning(record.holder.pid, record.started));
}
