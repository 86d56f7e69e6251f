import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { Clock } from '../../ports/clock.ts';
import { errorCode } from '../store/file-fault.ts';
import { membersOf } from './observe.ts';
import type { ProcessEntry } from './process-entry.ts';
import { isRunning } from './start-mark.ts';

/** Between two looks at whether something has ended. Milliseconds. */
const SHORTEST_NAP = 5;
const LONGEST_NAP = 50;
/** Between two looks at what is there, for what was forked meanwhile: the program itself, where its supervisor has only just begun. */
const NEW_LOOK = 100;
/** How long the supervisor may take to write down how a killed program ended. */
const LAST_WORDS = 500;
/** How long the kernel may take to end what was killed; longer only where a process hangs in a broken device or file system. */
const LONGEST_DEATH = 5_000;

/** A process, or what is left of one. */
export interface Stopped {
  readonly host: HostName;
  readonly name: string;
  readonly token: string;
  /** Pid of its supervisor, which is not signalled: it ends by itself when the program has, and says how that ended. */
  readonly supervisor: number | undefined;
}

export interface StopTools {
  readonly clock: Clock;
  readonly readTable: () => Promise<readonly ProcessEntry[]>;
}

/**
 * Ends all that lives of a process: SIGTERM to each, SIGKILL to those that are left after `graceMs`; resolves when nothing is left.
 * Throws `failed` where the system does not end them, and the signal's reason, leaving them as they are.
 */
export async function stopProcess(
  stopped: Stopped,
  graceMs: number,
  { clock, readTable }: StopTools,
  signal: AbortSignal,
): Promise<void> {
  const living = async (): Promise<readonly ProcessEntry[]> => membersOf(await readTable(), stopped.token);
  const graceEnd = clock.now() + graceMs;
  const asked = new Set<number>();
  for (let left = await living(); left.length > 0 && clock.now() < graceEnd; left = await living()) {
    // What was forked meanwhile is asked too; nobody is asked twice, for some take that as a wish to hurry.
    const fresh = left.filter(({ pid }) => pid !== stopped.supervisor && !asked.has(pid));
    for (const { pid } of fresh) asked.add(pid);
    kill(stopped, fresh, 'SIGTERM');
    await waitForEnd(left, Math.min(graceEnd, clock.now() + NEW_LOOK), clock, signal);
  }
  const deathEnd = clock.now() + LONGEST_DEATH;
  const lastWordsEnd = clock.now() + LAST_WORDS;
  for (let left = await living(); left.length > 0; left = await living()) {
    if (clock.now() > deathEnd) throw undying(stopped, left);
    const spared = clock.now() < lastWordsEnd ? stopped.supervisor : undefined;
    kill(
      stopped,
      left.filter(({ pid }) => pid !== spared),
      'SIGKILL',
    );
    await waitForEnd(left, clock.now() + LONGEST_NAP, clock, signal);
  }
}

/** Waits until all of them have ended, or the deadline. */
async function waitForEnd(
  entries: readonly ProcessEntry[],
  deadline: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let nap = SHORTEST_NAP;
  for (const { pid, mark } of entries) {
    while (await isRunning(pid, mark)) {
      const left = deadline - clock.now();
      if (left <= 0) return;
      await clock.sleepUntil(clock.now() + Math.min(nap, left), signal);
      nap = Math.min(nap * 2, LONGEST_NAP);
    }
  }
  signal.throwIfAborted();
}

function kill(stopped: Stopped, entries: readonly ProcessEntry[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const { pid } of entries) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It ended by itself.
      if (errorCode(error) === 'ESRCH') continue;
      throw new TmError(
        {
          kind: 'failed',
          host: stopped.host,
          message: `process ${pid} of ${stopped.name} cannot be ended: ${error instanceof Error ? error.message : error}`,
          hint: 'it runs as another user: run tm as that user',
        },
        { cause: error },
      );
    }
  }
}

function undying({ host, name }: Stopped, left: readonly ProcessEntry[]): TmError {
  const pids = left.map(({ pid }) => pid).join(', ');
  return new TmError({
    kind: 'failed',
    host,
    message: `${name} does not end, though it was killed (process ${pids})`,
    hint: 'it may hang in the kernel, on a network file system or a device; try again when that answers',
  });
}
