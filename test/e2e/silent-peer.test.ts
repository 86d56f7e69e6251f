/** Peers that stand still without ending: one is suspended and goes on, one hangs for good. Real processes, a real Redis. */
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../src/model/event.ts';
import { type LocalBench, startLocalBench } from './harness.ts';

const REFERENCE_PEER = resolve(import.meta.dirname, '../../dist/reference-peer.js');

let bench: LocalBench;
/** Processes that the test has suspended, and not let go on yet. */
const suspended = new Set<number>();

beforeEach(async () => {
  bench = await startLocalBench();
});

afterEach(async () => {
  for (const pid of suspended) process.kill(pid, 'SIGCONT');
  suspended.clear();
  await bench.tm('destroy');
  await bench[Symbol.asyncDispose]();
});

const SILENT = `
name: silent
timeout: { startup: 20, shutdown: 3 }
redis: { runtime: process, port: 7463 }
hosts:
  - { name: here, address: localhost, runtime: process, base_port: 12600 }
peers:
  - { name: alice, command: [node, ${REFERENCE_PEER}] }
  - { name: bob, command: [node, ${REFERENCE_PEER}] }
  - { name: charlie, command: [node, ${REFERENCE_PEER}] }
commands:
  - { time: 0, peer: charlie, command: hang }
  - { when: { peer: bob, status: connected }, within: 90, peer: charlie, command: connect }
`;

const of = <T extends EventBody['type']>(events: readonly TmEvent[], type: T) =>
  events.filter((event): event is TmEvent & { readonly type: T } => event.type === type);

/** The process of a peer of the test under way, found by the environment that tm gave it. */
async function pidOf(peer: string): Promise<number> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const environment = (await read('environ')).split('\0');
      const isOurs = environment.some((text) => text.startsWith('TM_RUN_ID=silent-'));
      const isPeer = environment.includes(`PEER_NAME=${peer}`) && (await read('cmdline')).includes('reference-peer.js');
      return isOurs && isPeer && /^node/.test(await read('comm'));
    }),
  );
  const matches = pids.filter((_, i) => found[i]);
  if (matches.length !== 1) throw new Error(`processes of ${peer}: ${matches.join(', ') || 'none'}`);
  return matches[0]!;
}

test('are told as silent and as heard again, in every view; what they fail to do fails the test, and says so', async () => {
  const running = bench.start('apply', await bench.config('silent.yaml', SILENT), '--verbose');
  await running.saw(/charlie +│ error hangs on command/);
  const bob = await pidOf('bob');
  process.kill(bob, 'SIGSTOP');
  suspended.add(bob);
  await running.saw(/bob +⚠ silent for \d/, 60_000);
  await running.saw(/charlie +⚠ silent for \d/, 60_000);

  const { stdout: status } = await bench.tm('status');
  expect(status).toMatch(/⚠ bob +running +started +silent since /);
  expect(status).toMatch(/✔ alice +running +started +since /);
  expect(JSON.parse((await bench.tm('status', '--json')).stdout).silent).toEqual(['bob', 'charlie']);

  process.kill(bob, 'SIGCONT');
  suspended.delete(bob);
  await running.saw(/bob +✔ heard again after \d/, 60_000);
  // What the timeline waits for.
  expect((await bench.tm('send', 'bob', 'connect')).code).toBe(0);
  const { code, stdout } = await running.done;
  expect(code).toBe(1);
  expect(stdout).toMatch(/charlie did not report stopped within 3 s; charlie has been silent for \d+ s/);
  expect(stdout).toMatch(/charlie did not take "connect" within 3 s of .*; charlie has been silent for \d+ s/);

  const events = await bench.journal('silent');
  const turns = [...of(events, 'peer-silent'), ...of(events, 'peer-heard')].map(({ type, peer }) => `${type} ${peer}`);
  expect(turns.sort()).toEqual(['peer-heard bob', 'peer-silent bob', 'peer-silent charlie']);
  for (const { forMs, lastAt, time } of of(events, 'peer-silent')) {
    expect(forMs).toBeGreaterThanOrEqual(10_000);
    // All clocks are one here: the last heartbeat was sent before the peer was last heard, or shortly after.
    expect(Date.parse(time) - Date.parse(lastAt)).toBeGreaterThan(forMs - 2_500);
  }
  const [silent] = of(events, 'peer-silent').filter(({ peer }) => peer === 'bob');
  const [heard] = of(events, 'peer-heard');
  // To a few milliseconds: the events are stamped a moment after what they tell.
  expect(heard!.afterMs / 100).toBeCloseTo((heard!.atMs - silent!.atMs + silent!.forMs) / 100, 0);

  const report = JSON.parse(await bench.runFile('silent', 'report.json'));
  const silences = report.peers.map(({ silences: all }: { silences: unknown[] }) => all.length);
  expect(silences).toEqual([0, 1, 1]);
  const page = await bench.runFile('silent', 'report.html');
  expect(page.match(/<rect class="silence"/g)).toHaveLength(2);
  expect(page).toMatch(/<title>silent from [\d.]+ s for [\d.]+ s\n/);
  expect(await bench.runFile('silent', 'run.log')).toMatch(/bob +⚠ silent for \d+/);

  const replay = await bench.tm('replay', '--speed', '0');
  expect(replay.stdout + replay.stderr).toMatch(/bob +✔ heard again after \d/);
});
