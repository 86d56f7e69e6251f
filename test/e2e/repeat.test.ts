/** A test several times, and in several combinations, with processes of this machine. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { type LocalBench, startLocalBench } from './harness.ts';

const PEER_LIBRARY = join(resolve(import.meta.dirname, '../..'), 'dist/peer.js');

let bench: LocalBench;

beforeAll(async () => {
  bench = await startLocalBench({ SESSION_TOKEN: 'tok-98765' });
});

afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

/** A peer that does not survive its command in the second run of a test: it counts them in a file. */
const FLAKY = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connectPeer } from '${PEER_LIBRARY}';
const tm = await connectPeer();
await tm.sendStatus('started');
for await (const command of tm) {
  if (command.kind === 'shutdown') break;
  tm.log.info('token %s', process.env.TOKEN);
  const file = process.env.COUNTER;
  const count = existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1;
  writeFileSync(file, String(count));
  if (count === 2) process.exit(3);
}
await tm.sendStatus('stopped');
await tm.close();
`;

async function config(name: string, more = ''): Promise<string> {
  await bench.config('flaky.mjs', FLAKY);
  return bench.config(
    `${name}.yaml`,
    `
name: ${name}
${more}
timeout: { startup: 20, shutdown: 10 }
redis: { runtime: process, port: 7462 }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 12400 }
peers:
  - name: a
    replicas: 1
    command: [node, flaky.mjs]
    environment:
      COUNTER: ${bench.dir}/${name}-\${{ vars.size }}
      TOKEN: \${{ env.SESSION_TOKEN }}
commands:
  - { time: 0, peer: "a-*", command: count }
`,
  );
}

const runsOf = async (name: string): Promise<readonly string[]> =>
  (await readdir(join(bench.dir, '.tm', name, 'runs'))).sort();

describe('--repeat', () => {
  test('runs a test so often, each with its own directory, and says how often it passed and why not', async () => {
    const { code, stdout, stderr } = await bench.tm(
      'apply',
      await config('thrice', 'vars: { size: 1 }'),
      '--repeat',
      '3',
    );
    expect(code, stdout + stderr).toBe(1);
    const runs = await runsOf('thrice');
    expect(runs).toHaveLength(3);
    const summary = stdout.slice(stdout.indexOf('✖ 2 of 3 runs passed: thrice'));
    expect(summary).toMatch(/^ {2}2 of 3 +\d+\.\d+s +\d+\.\d+s +\d+\.\d+s$/m);
    expect(summary).toMatch(/^ {4}1 × a-1 died: exited with 3.*\n {8}(\S+)$/m);
    expect(summary).toContain(runs[1]);
    expect(summary).toContain('evidence  .tm/thrice/runs');
  });

  test('ends with the first failure, where that is wanted, and with the summary as the last line of --json', async () => {
    const file = await config('until', 'vars: { size: 1 }');
    const { code, stdout } = await bench.tm('apply', file, '--repeat', '9', '--until-failure', '--json');
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      type: 'summary',
      planned: 9,
      ran: 2,
      passed: 1,
      exitCode: 1,
    });
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as TmEvent);
    expect(events.filter(({ type }) => type === 'run-ended')).toHaveLength(2);
  });

  test('goes through every combination of a matrix; what was taken from the environment stays hidden', async () => {
    const file = await config('matrix', 'matrix: { size: [1, 2] }');
    const { code, stdout, stderr } = await bench.tm(file, '--repeat', '2');
    expect(code, stdout + stderr).toBe(1);
    expect(stdout.match(/^run \d of 4 · size=\d$/gm)).toEqual([
      'run 1 of 4 · size=1',
      'run 2 of 4 · size=2',
      'run 3 of 4 · size=1',
      'run 4 of 4 · size=2',
    ]);
    expect(stdout).toContain('✖ 2 of 4 runs passed: matrix, 2 combinations');
    expect(stdout).toContain('token [redacted]');
    expect(stdout + stderr).not.toContain('tok-98765');
    expect(JSON.stringify(await bench.journal('matrix'))).not.toContain('tok-98765');
    const one = await bench.tm(file, '--var', 'size=7');
    expect(one.code, one.stdout + one.stderr).toBe(0);
    expect(one.stdout).not.toContain('run 1 of');
  });

  test('a signal ends the run that is under way, and begins no other', async () => {
    const file = await config('signal', 'vars: { size: 1 }');
    const running = bench.start('apply', file, '--repeat', '9');
    await running.saw(/run 1 of 9[\s\S]*a-1 +◂ started/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.done;
    expect(code).toBe(130);
    expect(stdout).toContain('1 interrupted, 9 were wanted');
    expect(await runsOf('signal')).toHaveLength(1);
  });
});
