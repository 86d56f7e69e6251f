import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { type PeerName, peerName } from '../../../src/model/names.ts';
import { accountOf } from '../../../src/views/report/account.ts';
import { peersInQuestion } from '../../../src/views/report/lanes/in-question.ts';
import { logTicks } from '../../../src/views/report/lanes/log-ticks.ts';
import { messagesByPeer } from '../../../src/views/report/lanes/messages-by-peer.ts';
import { scaleOf } from '../../../src/views/report/lanes/scale.ts';
import { statusLooks } from '../../../src/views/report/lanes/status-looks.ts';
import { statusBars, statusSpans } from '../../../src/views/report/lanes/status-spans.ts';
import { chooseLogs, pageText } from '../../../src/views/report/log-choice.ts';
import { readRun } from '../../../src/views/report/reports.ts';
import * as scenarios from '../scenarios.ts';
import { fivePeers } from './sample-runs.ts';

const ALICE = peerName('alice');
const accountFrom = async (events: Iterable<TmEvent>) => accountOf(await readRun(events));

const status = (word: string, peer: PeerName = ALICE): EventBody => ({
  type: 'peer-status',
  peer,
  status: word,
  missed: 0,
  via: 'stream',
});

/** A run of one peer that does this at those milliseconds, and ends at 10 s. */
async function runOf(...events: readonly (readonly [ms: number, body: EventBody])[]) {
  const script = scenarios.createScript();
  script.at(0, scenarios.runStarted([ALICE]));
  script.at(1000, { type: 'timeline-started', commands: 0, lengthMs: 9000 });
  for (const [ms, body] of events) script.at(ms, body);
  script.at(10_000, { type: 'run-ended', exitCode: 0, ms: 10_000, left: [] });
  return accountFrom(scenarios.inOrder(script.events));
}

describe('the axis', () => {
  test('goes from the start of the run to its end, and never back', async () => {
    const account = await accountFrom(fivePeers());
    const scale = scaleOf(account);
    const xs = Array.from({ length: 200 }, (_, i) => scale.at((i * account.tookMs) / 199));
    expect(xs[0]).toBe(0);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(xs.at(-1)).toBeGreaterThan(99);
    expect(xs.at(-1)).toBeLessThanOrEqual(100);
  });

  test('gives a long transfer before the first sign of a peer a tenth of the width', async () => {
    const script = scenarios.createScript();
    script.at(0, scenarios.runStarted([ALICE]));
    script.at(600_000, status('started'));
    script.at(600_500, { type: 'timeline-started', commands: 0, lengthMs: 5000 });
    script.at(606_000, status('stopped'));
    const scale = scaleOf(await accountFrom(script.events));
    expect(scale.pieces[0]).toMatchObject({ kind: 'before', toMs: 600_000, left: 0, right: 10, squeezed: true });
    expect(scale.at(600_000)).toBe(10);
  });

  test('labels round offsets from the start of the timeline, and its zero', async () => {
    const scale = scaleOf(await accountFrom(fivePeers()));
    const labels = scale.ticks.filter(({ level }) => level === 0).map(({ label }) => label);
    expect(labels).toEqual(['0', '5', '10', '15', '20', '25', '30', '35', '40']);
    expect(scale.ticks.filter(({ zero }) => zero)).toEqual([
      { x: scale.at(8412), label: '0', zero: true, level: 0, odd: false },
    ]);
    expect(scale.ticks.length).toBeLessThan(400);
  });

  test('is there for a run in which nothing happened', async () => {
    const scale = scaleOf(await accountFrom([]));
    expect(scale.at(0)).toBe(0);
    expect(Number.isFinite(scale.at(5))).toBe(true);
  });
});

describe('bars of statuses', () => {
  test('reach to the next status, the last to the end of the peer', async () => {
    const { peers, facts } = await runOf(
      [500, status('started')],
      [2000, status('connected')],
      [7000, { type: 'peer-died', peer: ALICE, host: scenarios.GARAGE, oomKilled: false, lastLines: [] }],
    );
    const spans = statusSpans(peers[0]!, facts.nowMs);
    expect(spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [500, 2000],
      [2000, 7000],
    ]);
  });

  test('show two statuses within a millisecond, as one bar that tells both', async () => {
    const account = await runOf(
      [500, status('started')],
      [3000, status('connecting')],
      [3000.4, status('syncing')],
      [3000.9, status('connected')],
    );
    const [lane] = statusBars([statusSpans(account.peers[0]!, 10_000)], scaleOf(account));
    expect(lane?.map(({ spans }) => spans.map(({ fact }) => fact.status))).toEqual([
      ['started'],
      ['connecting', 'syncing'],
      ['connected'],
    ]);
  });

  test('stay few, however often a peer changes, and lose no status', async () => {
    const account = await runOf(
      ...Array.from({ length: 50_000 }, (_, i) => [1000 + i / 10 + (i % 2), status(i % 2 === 0 ? 'a' : 'b')] as const),
    );
    const [lane] = statusBars([statusSpans(account.peers[0]!, 10_000)], scaleOf(account));
    expect(lane!.length).toBeLessThan(1500);
    expect(lane!.flatMap(({ spans }) => spans)).toHaveLength(50_000);
  });

  test('of a peer’s own words differ by pattern, in the order in which the run had them', async () => {
    const account = await runOf([500, status('started|/ip4')], [600, status('warm')], [700, status('hot')]);
    expect([...statusLooks(account)]).toEqual([
      ['started', 'ready'],
      ['warm', 'own0'],
      ['hot', 'own1'],
    ]);
  });

  test('do not take a word such as "constructor" for one of tm’s', async () => {
    const account = await runOf([500, status('constructor')]);
    expect(statusLooks(account).get('constructor')).toBe('own0');
  });
});

describe('log lines in a lane', () => {
  const log = (ms: number, level: 'error' | 'info', message: string) =>
    [ms, { type: 'log', peer: ALICE, level, message }] as const;

  test('share a tick where they are close, which quotes the gravest and counts them all', async () => {
    const account = await runOf(
      ...Array.from({ length: 30 }, (_, i) => log(2000 + i / 100, i === 20 ? 'error' : 'info', `line ${i}`)),
      log(8000, 'info', 'later'),
    );
    const [first, second] = logTicks(account.facts.logs, scaleOf(account)).get(ALICE) ?? [];
    expect(first).toMatchObject({ count: 30, gravest: 'error' });
    expect(first?.lines.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2', 'line 20']);
    expect(second).toMatchObject({ count: 1, gravest: 'info' });
  });

  test('of the table are errors and the newest, where there are too many', async () => {
    const { facts } = await runOf(
      ...Array.from({ length: 25_000 }, (_, i) => log(1000 + i / 10, i === 3 ? 'error' : 'info', `line ${i}`)),
    );
    const { lines, total } = chooseLogs(facts.logs, 0);
    expect(total).toBe(25_000);
    expect(lines).toHaveLength(20_000);
    expect(lines[0]?.message).toBe('line 3');
    expect(lines[1]?.message).toBe('line 5001');
  });

  test('are cut where one is huge, between characters', () => {
    expect(pageText(`${'x'.repeat(1999)}😀${'y'.repeat(500)}`)).toBe(`${'x'.repeat(1999)}… (502 more characters)`);
    expect(pageText('two\nlines\n')).toBe('two\nlines');
  });
});

describe('messages in a lane', () => {
  test('are all there, in order, where there are few', async () => {
    const account = await accountFrom(scenarios.expects());
    const { commands, hidden } = messagesByPeer(account);
    expect(hidden).toBe(0);
    expect(commands.get(peerName('eve'))?.map(({ command }) => command)).toEqual(['pull', 'stats', 'shutdown']);
  });

  test('that went wrong are kept where there are too many', async () => {
    const sent = Array.from({ length: 20_000 }, (_, i) => {
      const body: EventBody = { type: 'message-sent', peer: ALICE, command: `say|${i}`, origin: 'hand' };
      const taken: EventBody = { type: 'command-taken', peer: ALICE, command: `say|${i}`, afterMs: 1 };
      return i === 19_000
        ? [[2000 + i / 10, body] as const]
        : [[2000 + i / 10, body] as const, [2000.01 + i / 10, taken] as const];
    });
    const { commands, hidden } = messagesByPeer(await runOf(...sent.flat()));
    expect(hidden).toBe(5000);
    expect(commands.get(ALICE)?.some(({ command }) => command === 'say|19000')).toBe(true);
  });
});

test('peers in question are those that died, fell silent, did not take a command, or stand in what is not met', async () => {
  expect([...peersInQuestion(await accountFrom(scenarios.passes()))]).toEqual([]);
  expect([...peersInQuestion(await accountFrom(fivePeers()))].sort()).toEqual(['bob', 'charlie', 'eve']);
});
