import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { runCommand } from './run-command.ts';
import { tracesOf } from './traces.ts';
import { until } from './until.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await runCommand(process.execPath, ['--import', 'tsx', cli, 'down'], { env: process.env });
});

/** `cli.ts up` in a process of its own; resolves once it says where its data is. */
async function up(): Promise<{ child: ChildProcess; dir: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', cli, 'up', '--hosts', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const match = await until(() => /(\S+)\/testbed\.json/.exec(text), { what: 'the testbed', timeoutMs: 60_000 });
  return { child, dir: match[1] ?? '' };
}

const processesOf = async (dir: string): Promise<readonly string[]> =>
  (await tracesOf(dir)).filter((trace) => trace.startsWith('process'));

test('a killed owner leaves no process, and the next start takes the rest away', async () => {
  const first = await up();
  first.child.kill('SIGKILL');
  await until(async () => (await processesOf(first.dir)).length === 0, { what: 'all to end', timeoutMs: 10_000 });
  expect(await tracesOf(first.dir)).not.toEqual([]);

  const second = await up();
  expect(second.dir).toBe(first.dir);
  second.child.kill('SIGINT');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
  expect(await tracesOf(second.dir)).toEqual([]);
});

test('`down` removes what a killed run has left', async () => {
  const { child, dir } = await up();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await runCommand(process.execPath, ['--import', 'tsx', cli, 'down'], { env: process.env });
  expect(await tracesOf(dir)).toEqual([]);
});
