import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import { type Labels, toLabelMap } from '../../model/labels.ts';
import type { TestName } from '../../model/names.ts';
import type { ObservedRedis } from '../../model/observed.ts';
import { isRunning, startMark } from '../process/start-mark.ts';
import { isPortTaken, portConflict, portOwner } from './port-owner.ts';
import { bindAddresses, redisConfig } from './redis-config.ts';
import { probeRedis, untilRedisAnswers } from './redis-probe.ts';
import {
  DIRECTORY_PREFIX,
  findRedisProcesses,
  LABELS_FILE,
  type RedisProcess,
  redisMarks,
  removeRedisDirectories,
} from './redis-processes.ts';
import { findRedisProgram } from './redis-program.ts';

/** Milliseconds for a server to end by itself, and for the kernel to end one that was killed. */
const TERM_MS = 5_000;
const KILL_MS = 5_000;

interface Start {
  readonly port: number;
  readonly labels: Labels;
  readonly password?: Secret;
  readonly bind: readonly string[];
  /** As in PATH. */
  readonly path: string;
}

/** Whether a server of the test runs as a process of this machine. */
export async function hasRedisProcess(test: TestName): Promise<boolean> {
  return (await findRedisProcesses()).some(({ labels }) => labels.test === test);
}

/** What stands in the place of a test's Redis process. */
export async function observeRedisProcess(
  port: number,
  test: TestName,
  password: Secret | undefined,
  signal: AbortSignal,
): Promise<ObservedRedis> {
  const processes = await findRedisProcesses();
  const ours = processes.find(({ labels }) => labels.test === test);
  if (ours !== undefined) return probeRedis(port, password, ours.labels, signal);
  if (!(await isPortTaken(port, signal))) return { kind: 'absent' };
  const owner = await portOwner(port);
  const other = processes.find(({ pid }) => owner.endsWith(`(process ${pid})`))?.labels.test;
  if (other === undefined) return { kind: 'foreign', because: `port ${port} is taken by ${owner}` };
  return { kind: 'foreign', because: `port ${port} is taken by the Redis of the test "${other}"`, test: other };
}

/** Starts the server apart from this process, so that it outlives it, and resolves when it answers. */
export async function startRedisProcess(start: Start, signal: AbortSignal): Promise<void> {
  const { port, labels, password } = start;
  await removeRedisProcesses(labels.test, signal);
  if (await isPortTaken(port, signal)) throw portConflict(port, await portOwner(port));
  const program = await findRedisProgram(start.path, signal);
  const directory = await mkdtemp(join(tmpdir(), DIRECTORY_PREFIX));
  await writeFile(join(directory, LABELS_FILE), JSON.stringify(toLabelMap(labels)));
  const log = await open(join(directory, 'redis.log'), 'a');
  const child = spawn(program.path, ['-'], {
    detached: true,
    cwd: directory,
    env: { PATH: start.path, LANG: 'C', ...redisMarks(labels, directory) },
    stdio: ['pipe', log.fd, log.fd],
  });
  const ended = new Promise<TmError>((resolve) => {
    const tell = (how: string) => void explainEnd(directory, port, how).then(resolve);
    child.once('exit', (code, killed) => tell(`it ended with ${killed ?? `exit code ${code}`}`));
    child.once('error', (error) => tell(error.message));
  });
  try {
    // A server that ends at once does not read it.
    child.stdin?.on('error', () => undefined);
    const bind = bindAddresses(start.bind);
    child.stdin?.end(
      redisConfig({ port, bind, directory, modern: program.modern, ...(password === undefined ? {} : { password }) }),
    );
    await untilRedisAnswers(port, password, ended, signal);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    await log.close();
    child.unref();
  }
}

/** Ends the test's servers, and gives whether there were any. */
export async function removeRedisProcesses(test: TestName, signal: AbortSignal): Promise<boolean> {
  const processes = (await findRedisProcesses()).filter(({ labels }) => labels.test === test);
  for (const each of processes) await remove(each, signal);
  await removeRedisDirectories(test);
  return processes.length > 0;
}

async function remove(redis: RedisProcess, signal: AbortSignal): Promise<void> {
  const { pid } = redis;
  if (!(await end(redis, 'SIGTERM', TERM_MS, signal)) && !(await end(redis, 'SIGKILL', KILL_MS, signal))) {
    throw new TmError({
      kind: 'failed',
      message: `the Redis of the test "${redis.labels.test}" (process ${pid}) does not end, though it was killed`,
      hint: 'try again; it may hang in a device or a file system',
    });
  }
}

/** Sends a signal and waits; gives whether it ended in time. */
async function end(redis: RedisProcess, how: 'SIGTERM' | 'SIGKILL', ms: number, signal: AbortSignal): Promise<boolean> {
  const { pid, mark } = redis;
  // The pid may be somebody else's by now.
  if ((await startMark(pid)) !== mark) return true;
  try {
    process.kill(pid, how);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return true;
    const message = `the Redis process ${pid} cannot be ended: ${code ?? String(error)}`;
    throw new TmError(
      { kind: 'failed', message, hint: 'it runs as another user: run tm as that user' },
      { cause: error },
    );
  }
  const deadline = performance.now() + ms;
  while (await isRunning(pid, mark)) {
    if (performance.now() > deadline) return false;
    await sleep(5, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return true;
}

/** Why a server did not start, by what it wrote. */
async function explainEnd(directory: string, port: number, how: string): Promise<TmError> {
  const output = await readFile(join(directory, 'redis.log'), 'utf8').catch(() => '');
  if (/Address already in use/i.test(output)) return portConflict(port, await portOwner(port));
  const lines = output.split('\n').filter((line) => /[#*]/.test(line) || /error|FATAL|\*\*\*|>>>/i.test(line));
  const address = /socket (\S+): bind: Cannot assign requested address/i.exec(output)?.[1];
  return new TmError({
    kind: 'failed',
    message:
      address === undefined
        ? `Redis did not start: ${how}${lines.length === 0 ? '' : `: ${lines.slice(-3).join(' · ')}`}`
        : `Redis did not start: this machine has no address ${address}`,
  });
}
