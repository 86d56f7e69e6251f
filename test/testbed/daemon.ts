import { readFile } from 'node:fs/promises';
import type { Capsule } from './capsule.ts';
import { childrenOf, killHard, signalIfAlive, treeOf } from './processes.ts';
import { until } from './until.ts';

export interface DaemonOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Resolves to true once the daemon answers; it is asked again and again. */
  readonly isReady: () => Promise<boolean>;
  readonly startTimeoutMs: number;
  /** `tree` also ends what the daemon has forked, as an sshd does for each session. */
  readonly ends: 'itself' | 'tree';
}

export interface Daemon {
  /** Starts it and waits until it answers; does nothing when it runs already. */
  start(): Promise<void>;
  /** SIGTERM, a bounded wait, SIGKILL; does nothing when it does not run. */
  stop(): Promise<void>;
}

/** A long-running program inside a capsule, which can be stopped and started again. */
export function daemonIn(capsule: Capsule, options: DaemonOptions): Daemon {
  const { name, command, args, logFile, isReady, startTimeoutMs, ends } = options;
  let running: { readonly pid: number; readonly ended: () => boolean } | undefined;

  return {
    start: async () => {
      if (running && !running.ended()) return;
      const child = capsule.start(command, args, logFile);
      let end: string | undefined;
      child.once('error', (error) => {
        end = error.message;
      });
      child.once('exit', (code, signal) => {
        end = `ended with ${code ?? signal}`;
      });
      await until(async () => end !== undefined || (await isReady()), {
        what: `${name} to answer (see ${logFile})`,
        timeoutMs: startTimeoutMs,
      });
      if (end !== undefined) throw new Error(`${name} ${end}; the end of ${logFile}:\n${await tail(logFile)}`);
      running = { pid: child.pid ?? -1, ended: () => end !== undefined };
    },
    stop: async () => {
      if (!running || running.ended()) return;
      const { pid, ended } = running;
      // nsenter waits for the daemon and passes no signals on, so the daemon, its only child, is signalled itself.
      const [daemon] = await childrenOf(pid);
      if (daemon === undefined) return;
      const pids = ends === 'tree' ? await treeOf(daemon) : [daemon];
      for (const each of pids) signalIfAlive(each, 'SIGTERM');
      await until(ended, { what: `${name} to end`, timeoutMs: 25_000 }).catch(() => pids.forEach(killHard));
      await until(ended, { what: `${name} to end after SIGKILL`, timeoutMs: 5_000 });
    },
  };
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
