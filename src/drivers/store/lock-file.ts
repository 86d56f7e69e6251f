import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import type { LockHolder } from '../../model/fault.ts';
import { TmError } from '../../model/fault.ts';
import type { StoreLock } from '../../ports/store.ts';
import { startMark } from '../process/start-mark.ts';
import { fileFault } from './file-fault.ts';
import { linkAnew } from './link-anew.ts';
import { formatLockRecord, isStale, type LockRecord, readLockRecord } from './lock-record.ts';
import { writeNewFile } from './replace-file.ts';

/** Takers that may come between before it is given up; each of them took the lock or gave it back, so this is never met in practice. */
const ATTEMPTS = 100;

/** Where the lock stands, and what messages call it. */
interface LockPlace {
  readonly path: string;
  readonly shown: string;
}

/**
 * Takes the lock file or says who has it. A holder that is known to be dead is replaced, by one taker however many try:
 *
 *     lock            there, held            → it is `heldBy` that one
 *     lock            missing                → link() my record there: only one link succeeds
 *     lock            held by the dead X     → link() my record to lock.after-X, the right to succeed X: only one has it;
 *                                              with it, and X still in `lock`, rename my record over it
 *     lock.after-X    held by the dead Y     → the same for Y: link() to lock.after-Y
 *
 * Tokens are never used twice and the dead do nothing, so `lock` names X until the one with the right renames, and never
 * again after that: a slow taker whose right to succeed X is worth nothing by then finds that out before it renames.
 */
export async function takeLock(path: string, shown: string, holder: LockHolder): Promise<StoreLock | HeldBy> {
  const place = { path, shown };
  const mine: LockRecord = { holder, started: (await startMark(holder.pid)) ?? '', token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  try {
    await writeNewFile(draft, formatLockRecord(mine));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await linkAnew(draft, path)) return held(place, mine);
      const there = await readLockRecord(path, shown);
      if (there === undefined) continue;
      if (!(await isStale(there, holder.machine))) return { heldBy: there.holder };
      const outcome = await succeed(place, there, draft, holder.machine);
      if (outcome === 'taken') return held(place, mine);
      if (outcome !== 'changed') return outcome;
    }
  } catch (error) {
    throw fileFault(`cannot take the lock ${shown}`, error);
  } finally {
    await rm(draft, { force: true });
  }
  throw new TmError({
    kind: 'failed',
    message: `cannot take the lock ${shown}: others keep taking it`,
    hint: 'try again',
  });
}

interface HeldBy {
  readonly heldBy: LockHolder;
}

/** Replaces the lock of a dead holder. `changed`: somebody else did meanwhile, look again. */
async function succeed(
  place: LockPlace,
  dead: LockRecord,
  draft: string,
  machine: string,
): Promise<'taken' | 'changed' | HeldBy> {
  const { path, shown } = place;
  const rights: string[] = [];
  for (let last = dead; ; ) {
    const right = `${path}.after-${last.token}`;
    rights.push(right);
    if (await linkAnew(draft, right)) break;
    const rival = await readLockRecord(right, shown);
    if (rival === undefined) return 'changed';
    if (!(await isStale(rival, machine))) {
      // With the right and the dead holder's lock still there, it is the rival's; else its right is worth nothing.
      const there = await readLockRecord(path, shown);
      return there?.token === dead.token ? { heldBy: rival.holder } : 'changed';
    }
    last = rival;
  }
  const there = await readLockRecord(path, shown);
  const isMine = there?.token === dead.token;
  if (isMine) await rename(draft, path);
  // The last is mine; the others belong to the dead, and to nobody once the lock is taken.
  for (const right of isMine ? rights : rights.slice(-1)) await rm(right, { force: true });
  return isMine ? 'taken' : 'changed';
}

function held({ path, shown }: LockPlace, mine: LockRecord): StoreLock {
  return {
    held: true,
    [Symbol.asyncDispose]: async () => {
      try {
        // A person may have removed it, and another run have taken it since.
        const there = await readLockRecord(path, shown);
        if (there?.token === mine.token) await rm(path, { force: true });
      } catch (error) {
        throw fileFault(`cannot release the lock ${shown}`, error);
      }
    },
  };
}
