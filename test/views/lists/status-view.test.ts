import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { peerName, runId, testName } from '../../../src/model/names.ts';
import type { TestStatus } from '../../../src/model/test-status.ts';
import type { StatusReport } from '../../../src/views/lists/status-headline.ts';
import { statusLines } from '../../../src/views/lists/status-view.ts';
import { createRunModel } from '../../../src/views/run-model/run-model.ts';
import { CLOUD, expects, GARAGE } from '../scenarios.ts';

function drawn(report: StatusReport, width?: number, unicode = true): string {
  const output = { color: new Chalk({ level: 0 }), isTTY: width !== undefined, width: () => width ?? 0 };
  return `\n${statusLines(report, output, unicode).join('\n')}\n`;
}

function factsOf(events: readonly TmEvent[]): NonNullable<StatusReport['facts']> {
  const model = createRunModel({ keepLogs: 0 });
  for (const event of events) model.hear(event);
  return model.facts;
}

/** The run as it was at this offset of its timeline. */
const until = (ms: number) => factsOf(expects().filter((event) => event.atMs <= 2134 + ms));

const standing = (peer: string, host: typeof GARAGE, status: string) => ({
  peer: peerName(peer),
  host,
  container: { state: 'running' } as const,
  status,
});

const RUNNING: TestStatus = {
  test: testName('smoke-5peer'),
  holder: {
    test: 'smoke-5peer',
    run: 'smoke-5peer-2026-02-03-14-02-11',
    pid: 4711,
    machine: 'laptop',
    user: 'ana',
    since: '2026-02-03T14:02:11.031Z',
  },
  hosts: [
    { kind: 'reachable', host: GARAGE, address: '10.0.0.5', engine: 'Docker 20.10.24', ours: 3 },
    { kind: 'reachable', host: CLOUD, address: '203.0.113.7', engine: 'Docker 27.1.0', ours: 2 },
  ],
  redis: { kind: 'answers', version: '7.0.15' },
  peers: [
    standing('alice', GARAGE, 'started|/ip4/10.0.0.5/udp/11984'),
    standing('bob', CLOUD, 'connected'),
    {
      ...standing('charlie', GARAGE, 'started|/ip4/10.0.0.7/udp/11984'),
      container: { state: 'exited', exitCode: 137 },
    },
    { peer: peerName('dave'), host: CLOUD, container: { state: 'exited', exitCode: 0 }, status: 'stopped' },
    { peer: peerName('eve'), host: GARAGE },
  ],
};

const LOST: TestStatus = {
  ...RUNNING,
  hosts: [
    RUNNING.hosts[0]!,
    {
      kind: 'unreachable',
      host: CLOUD,
      address: '203.0.113.7',
      fault: {
        kind: 'unreachable',
        what: 'host',
        host: CLOUD,
        message: 'cloud (203.0.113.7:22) does not answer',
        hint: 'ssh deploy@203.0.113.7 shows whether it is there',
      },
    },
  ],
  redis: { kind: 'unreachable', fault: { kind: 'unreachable', what: 'redis', message: 'Redis does not answer' } },
};

describe('statusLines', () => {
  test('a run in the middle of its timeline', () => {
    expect(drawn({ status: RUNNING, facts: until(20_000), elapsedMs: 22_134 })).toMatchInlineSnapshot(`
      "
      smoke-5peer · running for 22.1 s · nothing failed so far · timeline, 3 of 3 commands sent
        run       smoke-5peer-2026-02-03-14-02-11
        by        ana on laptop, process 4711, since 2026-02-03 14:02:11 UTC
        redis     Redis 7.0.15

      hosts
        ✔ garage  10.0.0.5     Docker 20.10.24  3 peers
        ✔ cloud   203.0.113.7  Docker 27.1.0    2 peers

      peers
        ✔ alice    running         started    since 1.6s    garage  /ip4/10.0.0.5/udp/11984
        ✔ bob      running         connected  since 0.041s  cloud
        ✖ charlie  ended with 137  started    since 1.8s    garage  /ip4/10.0.0.7/udp/11984
        ■ dave     ended with 0    stopped                  cloud
        · eve      not there                                garage
      "
    `);
  });

  test('a silent peer is marked, as long as it is silent and runs', () => {
    const events: TmEvent[] = expects().filter((event) => event.atMs <= 22_134);
    const tell = (atMs: number, body: EventBody) => events.push({ seq: 1, time: '', atMs, ...body });
    const rowsOf = () =>
      drawn({ status: RUNNING, facts: factsOf(events) })
        .split('\n')
        .filter((line) => /^ {2}. (bob|charlie) /.test(line));
    const before = rowsOf();
    for (const name of ['bob', 'charlie'])
      tell(22_200, { type: 'peer-silent', peer: peerName(name), forMs: 10_000, lastAt: '2026-02-03T14:02:20.000Z' });
    expect(rowsOf()).toEqual([
      expect.stringMatching(/^ {2}⚠ bob +running +connected +silent since 10\.066s +cloud$/),
      expect.stringContaining('✖ charlie  ended with 137  started    since 1.8s '),
    ]);
    tell(24_000, { type: 'peer-heard', peer: peerName('bob'), afterMs: 11_800 });
    expect(rowsOf()).toEqual(before);
  });

  test('a run in which something has failed, on a narrow terminal, with a host that does not answer', () => {
    const text = drawn({ status: LOST, facts: until(34_205), elapsedMs: 36_339 }, 60);
    expect(text).toMatchInlineSnapshot(`
      "
      smoke-5peer
        running for 36.3 s
        dave died, 2 of 5 expectations unmet
        shutting the peers down
        run       smoke-5peer-2026-02-03-14-02-11
        by        ana on laptop, process 4711, since 2026-02-03 1…
        redis     Redis does not answer

      hosts
        ✔ garage  10.0.0.5     Docker 20.10.24  3 peers
        ✖ cloud   203.0.113.7  cannot be reached
            │ cloud (203.0.113.7:22) does not answer
            │ ssh deploy@203.0.113.7 shows whether it is there

      peers
        ✔ alice    running         started    garage  /ip4/10.0.0…
        ✔ bob      running         connected  cloud
        ✖ charlie  ended with 137  started    garage  /ip4/10.0.0…
        ■ dave     ended with 0    stopped    cloud
        · eve      not there                  garage
      "
    `);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test('of many peers the heading tells how many stand how', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      standing(`peer-${i}`, GARAGE, i < 15 ? 'connected' : 'started|x'),
    );
    const text = drawn({ status: { ...RUNNING, peers: [...many, ...RUNNING.peers.slice(2)] } });
    expect(text).toContain('\npeers  15 connected · 5 started · 1 ended with 137 · 1 ended with 0 · 1 not there\n');
  });

  test('a run whose journal is elsewhere', () => {
    expect(drawn({ status: RUNNING }).split('\n')[1]).toBe('smoke-5peer · running');
  });

  test.each([
    [{ kind: 'ended', verdict: 'failed', exitCode: 1, ms: 40_000 }, 'the last one failed'],
    [{ kind: 'ended', verdict: 'interrupted', exitCode: 130, ms: 40_000 }, 'the last one was interrupted'],
    [{ kind: 'did-not-end' }, 'the last one did not end'],
  ] as const)('no run, and the last one is %j', (state, words) => {
    const { holder: _holder, ...status } = RUNNING;
    const idle: TestStatus = { ...status, hosts: [], peers: [], redis: { kind: 'none' } };
    const last = { run: runId('smoke-1'), path: '/x', state };
    expect(drawn({ status: idle, last })).toContain(
      `smoke-5peer · no run is under way · ${words}\n  last run  smoke-1\n`,
    );
  });

  test('without Unicode', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    expect(drawn({ status: LOST, facts: until(34_205), elapsedMs: 1 }, 50, false)).toMatch(/^[\x00-\x7f]*$/);
  });
});
