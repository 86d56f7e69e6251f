import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunOptions, runCommand, toolEnv } from './run-command.ts';
import { until } from './until.ts';

export interface CapsuleOptions {
  readonly name: string;
  readonly dir: string;
  /** `machine`: network, host name, root home and /tmp of its own. `engine`: shares these with the control machine. */
  readonly kind: 'machine' | 'engine';
}

/**
 * Processes in pid and mount namespaces of their own. Ending the first process ends them all, containers included,
 * and unmounts everything: so there is one way to stop it, and it always works (see sweep.ts).
 */
export interface Capsule {
  readonly dir: string;
  /** The first process, as the control machine numbers it. */
  readonly pid: number;
  /** Runs a program inside, to its end. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts a program inside; what it writes is appended to `logFile`. */
  start(command: string, args: readonly string[], logFile: string): ChildProcess;
}

const initScript = fileURLToPath(new URL('capsule-init.sh', import.meta.url));

/** Starts an empty capsule. It ends by itself when this process does, however that happens. */
export async function startCapsule({ name, dir, kind }: CapsuleOptions): Promise<Capsule> {
  await mkdir(dir, { recursive: true });
  const namespaces = kind === 'machine' ? ['--net', '--uts'] : [];
  const home = kind === 'machine' ? 'own' : 'shared';
  const log = openSync(join(dir, 'init.log'), 'a');
  const outer = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', ...namespaces, '--', 'bash', initScript, dir, name, home],
    { env: toolEnv, cwd: '/', stdio: ['pipe', log, log], detached: true },
  );
  closeSync(log);
  outer.stdin?.on('error', () => {});
  outer.once('error', () => {});
  outer.unref();
  (outer.stdin as unknown as { unref(): void }).unref();

  await until(
    () => {
      if (outer.pid === undefined || outer.exitCode !== null) throw new Error(`see ${join(dir, 'init.log')}`);
      return existsSync(join(dir, 'ready'));
    },
    { what: `the namespaces of ${name}`, timeoutMs: 10_000, everyMs: 10 },
  );
  const pid = Number(await readFile(join(dir, 'init.pid'), 'utf8'));
  const enter = ['--target', String(pid), '--mount', '--pid', '--wd=/', ...namespaces, '--'];

  return {
    dir,
    pid,
    run: (command, args, options) => runCommand('nsenter', [...enter, command, ...args], options),
    start: (command, args, logFile) => {
      const output = openSync(logFile, 'a');
      const child = spawn('nsenter', [...enter, command, ...args], {
        env: toolEnv,
        cwd: '/',
        stdio: ['ignore', output, output],
        detached: true,
      });
      closeSync(output);
      child.unref();
      return child;
    },
  };
}
