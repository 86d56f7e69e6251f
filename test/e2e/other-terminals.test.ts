/** What other terminals show of a test, and do to it, while it runs and when it is over. Peers are processes of this machine. */
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { until } from '../testbed/until.ts';
import { type LocalBench, startLocalBench } from './harness.ts';

const REFERENCE_PEER = join(resolve(import.meta.dirname, '../..'), 'dist/reference-peer.js');

let bench: LocalBench;

beforeAll(async () => {
  bench = await startLocalBench();
});

// What a failed test left would be in the way of the next.
afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

/** Alice and bob, connected, with a last command after so many seconds. */
const config = (name: string, seconds: number): Promise<string> =>
  bench.config(
    `${name}.yaml`,
    `
name: ${name}
timeout: { startup: 20, shutdown: 10 }
redis: { runtime: process, port: 7461 }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 12300 }
peer_environment: { LOG_LEVEL: debug }
peers:
  - { name: alice, command: [node, ${REFERENCE_PEER}], bootstrap: [bob] }
  - { name: bob, command: [node, ${REFERENCE_PEER}] }
commands:
  - { time: 0, peer: alice, command: connect }
  - { time: 0, peer: bob, command: connect }
  - { time: ${seconds}, peer: bob, command: pull }
`,
  );

const newestRun = async (): Promise<{ readonly run: string; readonly state: { readonly kind: string } }> => {
  const [first = ''] = (await bench.tm('runs', '--json')).stdout.split('\n');
  return JSON.parse(first) as Awaited<ReturnType<typeof newestRun>>;
};

describe('beside a running test', () => {
  test('it is seen, read and sent into, and afterwards shown again as it was', async () => {
    const running = bench.start('apply', await config('beside', 12));
    await running.saw(/bob +◂ connected/);
    await running.saw(/alice +◂ connected/);
    const following = bench.start('logs', '-f', 'b*');

    const status = await bench.tm('status');
    expect(status.code, status.stderr).toBe(0);
    expect(status.stdout).toMatch(
      /^beside · running for .* · nothing failed so far · timeline, 2 of 3 commands sent\n/,
    );
    expect(status.stdout).toMatch(/✔ alice +running +connected +since \d+\.\d{3}s/);
    expect(JSON.parse((await bench.tm('status', '--json')).stdout)).toMatchObject({
      phase: 'monitoring',
      commands: { sent: 2, all: 3 },
      peers: [{ peer: 'alice', status: 'connected', container: { state: 'running' } }, { peer: 'bob' }],
    });
    expect((await newestRun()).state).toEqual({ kind: 'running' });

    const sent = await bench.tm('send', 'alice', 'push|bob|sent-by-hand');
    expect(sent.stdout, sent.stderr).toMatch(/^✔ alice took "push\|bob\|sent-by-hand" after (<1|\d+) ms\n$/);
    expect(sent.code).toBe(0);
    const refused = await bench.tm('send', 'alcie', 'pull');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/was not sent to alcie: there is no such peer\n.*did you mean alice\?/);

    const heard = async () => (await bench.tm('logs', 'bob')).stdout.includes('sent-by-hand');
    await until(heard, { what: 'the message in the log of bob', timeoutMs: 10_000 });
    const unknown = await bench.tm('logs', 'bbo');
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('did you mean bob?')]);

    const { code, stdout, stderr } = await running.done;
    expect(code, stdout + stderr).toBe(0);
    const followed = await following.done;
    expect(followed.code, followed.stderr).toBe(0);
    expect(followed.stdout, 'it was there to the end').toContain('command shutdown');
    expect(followed.stdout).not.toContain('alice  │');

    const events = await bench.journal('beside');
    expect(events.filter((event) => event.type === 'message-sent' && event.origin === 'hand')).toMatchObject([
      { peer: 'alice', command: 'push|bob|sent-by-hand', by: expect.stringContaining('@') },
    ]);
    expect(stdout).toMatch(/alice +▸ push\|bob\|sent-by-hand {2}by hand, /);

    const { run, state } = await newestRun();
    expect(state).toMatchObject({ kind: 'ended', verdict: 'passed', exitCode: 0 });
    const replayed = await bench.tm('replay', '--speed', '0', run);
    expect(replayed.code, replayed.stderr).toBe(0);
    // Steps stand among the lines there, and on stderr here; of the end, what to type next is left out.
    const lines = replayed.stdout.split('\n');
    const [heading, ...told] = stdout.split('\n').filter((line) => line !== '' && !/^ {2}next|^ {12}/.test(line));
    expect(heading).toContain('beside · 2 peers');
    expect(told.filter((line) => !lines.includes(line))).toEqual([]);
    const json = await bench.tm('replay', '--json', '--speed', '0', '--peer', 'bob', '--level', 'error');
    const types = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TmEvent);
    expect(types.map(({ type }) => type)).toContain('run-ended');
    expect(types.filter((event) => 'peer' in event && event.peer !== 'bob')).toEqual([]);
  });

  test('a replay takes its time, and ends at once when it is asked to', async () => {
    const running = bench.start(await config('paced', 5));
    expect((await running.done).code).toBe(0);
    const replay = bench.start('replay');
    await replay.saw(/connected/);
    expect(replay.stdout()).not.toContain('passed');
    replay.child.kill('SIGINT');
    const { code: left, ms } = await replay.done;
    expect(left).toBe(0);
    expect(ms).toBeLessThan(4000);
  });

  test('a tm that was killed: nobody waits for it, and everybody says so', async () => {
    const running = bench.start('apply', await config('killed', 60));
    await running.saw(/bob +◂ connected/);
    const watching = bench.start('watch');
    const following = bench.start('logs', '-f');
    await watching.saw(/bob +◂ connected/);
    await following.saw(/command connect/);
    running.child.kill('SIGKILL');
    await running.done;
    for (const { code, stderr } of [await watching.done, await following.done]) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/the tm that ran killed-\S+ is gone, without having ended it/);
      expect(stderr).toMatch(/tm apply .* tm destroy/);
    }
    expect((await newestRun()).state).toEqual({ kind: 'did-not-end' });
    const status = await bench.tm('status');
    expect(status.stdout).toMatch(/^killed · no run is under way · the last one did not end\n/);
    expect(status.stdout).toMatch(/✔ alice +running +connected/);
    const sent = await bench.tm('send', 'alice', 'pull');
    expect([sent.code, sent.stderr]).toEqual([1, expect.stringContaining('no test runs here')]);
    await expect(bench.runFile('killed', 'containers/alice.json')).rejects.toThrow('ENOENT');
    expect((await bench.tm('destroy')).code).toBe(0);
    expect(JSON.parse(await bench.runFile('killed', 'containers/alice.json'))).toMatchObject({ name: 'tm-alice' });
    expect(await bench.runFile('killed', 'containers/bob.log')).toEqual(expect.any(String));
    expect((await bench.tm('report')).code).toBe(0);
    expect(JSON.parse(await bench.runFile('killed', 'report.json'))).toMatchObject({ verdict: { kind: 'none' } });
    expect((await newestRun()).state).toEqual({ kind: 'did-not-end' });
    expect((await bench.tm('status', 'killed.yaml')).stdout).toMatch(/· alice +not there/);
  });
});
