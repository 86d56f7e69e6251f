import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { hostName, peerName } from '../../../src/model/names.ts';
import { Silence } from '../../../src/run/monitor/silence.ts';

const ALICE = peerName('alice');
const BOB = peerName('bob');
/** 2026-01-01 by the peers' clocks. */
const WALL = Date.UTC(2026, 0, 1);

/** A run of two peers, told and read by hand. */
function run() {
  const silence = new Silence([ALICE, BOB], 7_000);
  const event = (atMs: number, body: EventBody): TmEvent => ({ seq: 1, atMs, time: '', ...body });
  return {
    silence,
    at: (atMs: number, body: EventBody) => silence.hear(event(atMs, body)),
    status: (atMs: number, status: string) =>
      silence.hear(event(atMs, { type: 'peer-status', peer: ALICE, status, missed: 0, via: 'poll' })),
    /** What stands in alice's key. */
    read: (atMs: number, text: string) => silence.read(new Map([[ALICE, text]]), atMs),
  };
}

const beat = (number: number, intervalMs = 2000) => `${WALL + number}|${intervalMs}`;

test('silence is told once at three intervals and four seconds, and its end with all that it took', () => {
  const { silence, read } = run();
  expect(read(1_000, beat(1))).toEqual([]);
  expect(read(6_000, beat(1))).toEqual([]);
  expect(silence.since(ALICE)).toBeUndefined();
  expect(read(11_000, beat(1))).toEqual([
    { type: 'peer-silent', peer: ALICE, forMs: 10_000, lastAt: '2026-01-01T00:00:00.001Z' },
  ]);
  expect(read(16_000, beat(1))).toEqual([]);
  expect(silence.since(ALICE)).toBe(1_000);
  expect(read(21_000, beat(2))).toEqual([{ type: 'peer-heard', peer: ALICE, afterMs: 20_000 }]);
  expect(silence.since(ALICE)).toBeUndefined();
});

test.each([
  [500, 5_500],
  [4_000, 16_000],
])('a peer with an interval of %i ms is silent after %i ms', (intervalMs, limitMs) => {
  const { read } = run();
  read(0, beat(1, intervalMs));
  const reads = Array.from({ length: 40 }, (_, i) => (i + 1) * 500);
  const first = reads.find((atMs) => read(atMs, beat(1, intervalMs)).length > 0);
  expect(first).toBe(limitMs);
});

test('no clock of a peer matters: any other value is another heartbeat', () => {
  const { read } = run();
  for (const [i, at] of [50_000, 3, 49_000, 8_640_000_000_000].entries())
    expect(read(i * 5_000, `${at}|2000`)).toEqual([]);
});

describe('time does not count in which', () => {
  test('tm did not read, because it or Redis stood still', () => {
    const { read } = run();
    read(0, beat(1));
    expect(read(5_000, beat(1))).toEqual([]);
    expect(read(65_000, beat(1)), 'read again for the first time').toEqual([]);
    expect(read(70_000, beat(1))).toEqual([]);
    expect(read(75_000, beat(1))).toMatchObject([{ type: 'peer-silent', forMs: 10_000 }]);
  });

  test('Redis was away, though a read brought the old value before it was back', () => {
    const { at, read } = run();
    read(0, beat(1));
    read(5_000, beat(1));
    at(6_000, { type: 'bus-lost', because: 'cut' });
    expect(read(11_000, beat(1))).toEqual([]);
    at(11_500, { type: 'bus-restored', afterMs: 5_500 });
    expect(read(16_000, beat(1))).toEqual([]);
    expect(read(21_000, beat(1))).toEqual([]);
    expect(read(22_000, beat(1))).toMatchObject([{ type: 'peer-silent', forMs: 10_500 }]);
  });
});

test.each<[string, EventBody]>([
  ['a status', { type: 'peer-status', peer: ALICE, status: 'connected', missed: 0, via: 'stream' }],
  ['a log line', { type: 'log', peer: ALICE, level: 'info', message: 'here' }],
])('%s counts as being heard, and ends a silence', (_, sign) => {
  const { at, read } = run();
  read(0, beat(1));
  expect(at(5_000, sign)).toEqual([]);
  for (const ms of [5_000, 10_000]) expect(read(ms, beat(1))).toEqual([]);
  expect(read(15_000, beat(1))).toHaveLength(1);
  expect(at(17_000, sign)).toEqual([{ type: 'peer-heard', peer: ALICE, afterMs: 12_000 }]);
});

test('a taken command puts a silence off, and ends none: Redis hands it to a peer that is frozen, too', () => {
  const { at, read, silence } = run();
  const taken: EventBody = { type: 'command-taken', peer: ALICE, command: 'x', afterMs: 1 };
  read(0, beat(1));
  at(5_000, taken);
  for (const ms of [5_000, 10_000]) expect(read(ms, beat(1))).toEqual([]);
  expect(read(15_000, beat(1))).toHaveLength(1);
  expect(at(17_000, taken)).toEqual([]);
  expect(silence.since(ALICE)).toBe(5_000);
});

describe('a peer is excused', () => {
  const never = ({ read }: ReturnType<typeof run>, text: string) => {
    for (let atMs = 30_000; atMs < 100_000; atMs += 5_000) expect(read(atMs, text)).toEqual([]);
  };

  test.each(['restarting', 'stopped'])('behind the status %s, though its last heartbeat is read later', (status) => {
    const it = run();
    it.read(25_000, beat(1));
    it.status(26_000, status);
    never(it, beat(2));
  });

  test('while tm waits to start it again', () => {
    const it = run();
    it.read(25_000, beat(1));
    it.at(26_000, { type: 'peer-restarting', peer: ALICE, delayMs: 60_000 });
    never(it, beat(1));
  });

  test.each<EventBody>([
    { type: 'peer-died', peer: ALICE, host: hostName('h'), oomKilled: false, lastLines: [] },
    { type: 'peer-exited', peer: ALICE, host: hostName('h') },
  ])('for good when it has ended: $type', (end) => {
    const it = run();
    it.read(25_000, beat(1));
    it.at(26_000, end);
    it.status(27_000, 'connected');
    never(it, beat(1));
  });

  test('no longer when it has started again and sends one, and not silent when it sends none any more', () => {
    const it = run();
    it.read(25_000, beat(1));
    it.status(26_000, 'restarting');
    it.status(28_000, 'started');
    never(it, beat(1));
    expect(it.read(100_000, beat(2))).toEqual([]);
    for (const atMs of [105_000, 109_999]) expect(it.read(atMs, beat(2))).toEqual([]);
    expect(it.read(110_000, beat(2))).toMatchObject([{ type: 'peer-silent', peer: ALICE, forMs: 10_000 }]);
  });

  test('from the silence that it was in, when it is started again', () => {
    const { at, read, status, silence } = run();
    read(0, beat(1));
    for (const ms of [5_000, 10_000]) read(ms, beat(1));
    expect(silence.since(ALICE)).toBe(0);
    at(12_000, { type: 'peer-restarting', peer: ALICE, delayMs: 0 });
    expect(silence.since(ALICE)).toBeUndefined();
    expect(status(13_000, 'started')).toEqual([]);
  });
});

test('one that has sent none is never silent, and what is no heartbeat is none', () => {
  const { silence, status } = run();
  status(0, 'started');
  for (const [i, text] of [
    '',
    'hello',
    '5',
    '5|',
    '|5',
    '5|0',
    '-5|2000',
    '5|2000|',
    '5.5|2000',
    '9999999999999999|2000',
  ].entries())
    for (const ms of [0, 5_000, 10_000, 15_000])
      expect(silence.read(new Map([[ALICE, text]]), i * 20_000 + ms)).toEqual([]);
});

test('a key that is gone, as in a Redis that was started anew, says nothing', () => {
  const { silence, read } = run();
  read(0, beat(1));
  for (const ms of [5_000, 10_000]) silence.read(new Map(), ms);
  expect(silence.since(ALICE)).toBe(0);
  expect(silence.read(new Map(), 15_000)).toEqual([]);
});
