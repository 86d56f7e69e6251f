import { readProcFile } from './proc-file.ts';
import { hasEnded, parseProcStat } from './proc-stat.ts';

/**
 * When a process began, as a word that no other process with its pid ever has on this machine, boots included. Undefined where there
 * is no such process, where it has ended and only waits to be reaped, or where the system does not show it.
 */
export async function startMark(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startMarkFromPs(pid);
  const stat = parseProcStat(readProcFile(`/proc/${pid}/stat`));
  if (stat === undefined || hasEnded(stat.state)) return undefined;
  return formatStartMark(bootMark(), stat.startTicks);
}

/** Whether the process that bore `mark` (as `startMark` gave it; empty where that was undefined) still runs. */
export async function isRunning(pid: number, mark: string): Promise<boolean> {
  const now = await startMark(pid);
  if (now !== undefined) return mark === '' || now === mark;
  return isHidden(pid);
}

/** Names this boot of the machine; empty where the system does not tell. */
export function bootMark(): string {
  return readProcFile('/proc/sys/kernel/random/boot_id').slice(0, 8);
}

/** `3f2a9c1d.123456`. */
export const formatStartMark = (boot: string, startTicks: string): string =>
  boot === '' ? startTicks : `${boot}.${startTicks}`;

/** Another user's process may be there without being shown (`hidepid`): then a signal is refused rather than lost. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function startMarkFromPs(pid: number): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { stdout, failed } = await execa('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    reject: false,
    env: { LC_ALL: 'C' },
    timeout: 5_000,
  });
  const [state = '', ...began] = stdout.trim().split(/\s+/);
  return failed || hasEnded(state) || began.length === 0 ? undefined : began.join('-');
}
