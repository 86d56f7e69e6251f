/** What goes with a decision for people to read: why, what was seen, the lines around it. Times are milliseconds from the start of the timeline. */
import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../../src/model/expectation.ts';
import { exit, expectation, judgeOf, log, peers, play, type Step, status, tell } from './story.ts';

const start: Step = { kind: 'start', at: 0 };
const story: readonly Step[] = [
  { kind: 'status', peer: 'bob', text: 'started|/ip4', at: -1200 },
  start,
  { kind: 'log', peer: 'bob', text: 'booting the store', at: 500 },
  { kind: 'status', peer: 'bob', text: 'connecting', at: 3120 },
  { kind: 'log', peer: 'bob', text: 'dialing alice', at: 3500 },
  { kind: 'status', peer: 'alice', text: 'connected', at: 3600 },
  { kind: 'status', peer: 'charlie', text: 'connected', at: 3700 },
  { kind: 'sent', command: 0, at: 10_000 },
  { kind: 'status', peer: 'alice', text: 'disconnected', at: 14_000 },
  { kind: 'log', peer: 'bob', text: 'pull: no messages', at: 15_213 },
  { kind: 'log', peer: 'bob', text: 'sleeping', at: 16_000 },
  { kind: 'died', peer: 'charlie', code: 137, at: 31_870 },
  { kind: 'log', peer: 'bob', text: 'panic: out of memory', at: 33_000 },
  { kind: 'log', peer: 'bob', text: 'pulled 3 messages', at: 34_000 },
  { kind: 'status', peer: 'bob', text: 'stopped', at: 41_000 },
  { kind: 'exited', peer: 'bob', code: 0, at: 41_200 },
  { kind: 'exited', peer: 'alice', code: 3, at: 41_300 },
];

function decided(one: Expectation, of = story) {
  const found = play({ expectations: [one] }, of, 42_000).find(({ type }) => type === 'expectation-decided');
  if (found?.type !== 'expectation-decided') throw new Error('not decided');
  return found;
}

const because = (one: Expectation, of = story): string => decided(one, of).because;
const atCommand = { kind: 'command', command: 0, withinMs: 5000 } as const;
const three = peers('alice', 'bob', 'charlie');

describe('because', () => {
  test.each([
    ['a status', expectation(status('connecting')), 'bob reported it at 3.120 s'],
    ['one from before', expectation(status('started')), 'bob reported it 1.200 s before the timeline'],
    [
      'one that stood',
      expectation(status('connecting'), { from: 5000 }),
      'bob reported it at 3.120 s, and it stood when the window opened',
    ],
    ['a line', expectation(log('no messages')), 'bob wrote it at 15.213 s'],
    ['an exit', expectation(exit(0)), 'bob exited with 0 at 41.200 s'],
    ['a hold', expectation(status('connecting'), { forMs: 10_000 }), 'bob held it for 10 s, until 13.120 s'],
    [
      'both',
      expectation(status('connected'), { peers: peers('alice', 'charlie') }),
      'both did, the last of them charlie at 3.700 s',
    ],
    [
      'enough',
      expectation(status('connected'), { peers: three, count: 2 }),
      'alice and charlie did, the last of them charlie at 3.700 s',
    ],
    ['never', expectation(log('fatal'), { never: true, by: 20_000 }), 'in none of 4 log lines until 20 s'],
    ['never, to the end', expectation(status('failed'), { never: true }), 'it was not so until the peers had stopped'],
  ])('of what is met: %s', (_name, one, sentence) => {
    expect(because(one)).toBe(sentence);
    expect(decided(one)).toMatchObject({ outcome: 'met', around: [] });
  });

  test.each([
    [
      'a line like it',
      expectation(log('pulled'), { by: 20_000 }),
      'never seen in 4 log lines of bob; nearest "pull: no messages" at 15.213 s',
    ],
    [
      'no line like it',
      expectation(log('zebra'), { by: 20_000 }),
      'never seen in 4 log lines of bob; the last one "sleeping" at 16.000 s',
    ],
    [
      'too early',
      expectation(log('dialing'), { from: 9000, by: 20_000 }),
      'bob wrote it at 3.500 s, before the window opened',
    ],
    [
      'nothing in the window',
      expectation(log('hi'), { window: atCommand }),
      'bob wrote no log line since its command was sent; the last one "dialing alice" at 3.500 s',
    ],
    ['no line at all', expectation(log('hi'), { peers: peers('alice'), by: 20_000 }), 'alice wrote no log line'],
    [
      'another status',
      expectation(status('connected'), { by: 15_000 }),
      'bob never reported it; its last status was "connecting", at 3.120 s',
    ],
    [
      'another status before the end',
      expectation(status('connected')),
      'bob never reported it; its last status before "stopped" was "connecting", at 3.120 s',
    ],
    ['no status', expectation(status('up'), { peers: peers('dora'), by: 15_000 }), 'dora reported no status'],
    [
      'a status before its command',
      expectation(status('connecting'), { window: atCommand }),
      'bob reported it at 3.120 s, before its command was sent, and not again',
    ],
    [
      'a hold that broke',
      expectation(status('connected'), { peers: peers('alice'), forMs: 30_000, by: 40_000 }),
      'alice held it for 10.4 s of 30 s, broken by "disconnected" at 14.000 s',
    ],
    [
      'a hold that came too late',
      expectation(status('connecting'), { forMs: 30_000, by: 20_000 }),
      'bob held it for 16.8 s of 30 s, until the window closed at 20.000 s',
    ],
    [
      'a death',
      expectation(log('hi'), { peers: peers('charlie'), by: 40_000 }),
      'charlie died at 31.870 s, before the window closed; it had written no log line',
    ],
    [
      'a hold that ended with the peer',
      expectation(status('connected'), { peers: peers('charlie'), forMs: 30_000 }),
      'charlie died at 31.870 s; it had held for 28.1 s of 30 s',
    ],
    ['another exit', expectation(exit(0), { peers: peers('alice') }), 'alice exited with 3 at 41.300 s'],
    ['no exit', expectation(exit(0), { peers: peers('dora') }), 'dora had not ended'],
    [
      'too few',
      expectation(status('connected'), { peers: three, by: 15_000 }),
      'only 2 of 3: bob never reported it; its last status was "connecting", at 3.120 s',
    ],
    [
      'far too few',
      expectation(status('connected'), { peers: peers('alice', 'bob', 'dora'), by: 15_000 }),
      'only 1 of 3: bob and dora did not; bob never reported it; its last status was "connecting", at 3.120 s',
    ],
    ['what must never be', expectation(log('panic'), { never: true }), 'bob wrote "panic: out of memory" at 33.000 s'],
    [
      'what still stood',
      expectation(status('started'), { never: true, from: 1000 }),
      'bob reported "started|/ip4" 1.200 s before the timeline, and it still stood when the window opened',
    ],
    [
      'a death, where something must never be',
      expectation(log('panic'), { never: true, peers: three, by: 32_000 }),
      'charlie died at 31.870 s, before the window closed',
    ],
  ])('of what is unmet: %s', (_name, one, sentence) => {
    expect(because(one)).toBe(sentence);
    expect(decided(one).outcome).toBe('unmet');
  });

  test('of a command that was not sent is why', () => {
    const one = expectation(log('hi'), { window: atCommand });
    expect(because(one, [start, { kind: 'skipped', command: 0, at: 9, because: 'it died' }])).toBe(
      'its command was not sent: it died',
    );
    expect(because(one, [start])).toBe('its command was never sent');
  });

  test('of a window that was never reached says both times', () => {
    expect(because(expectation(log('hi'), { from: 50_000, by: 60_000 }), [start])).toBe(
      'its window was never reached: it opens at 50 s, and the run was over at 42.000 s',
    );
  });

  test('says how many statuses may have hidden what was wanted', () => {
    const hidden: Step = { kind: 'status', peer: 'bob', text: 'idle', missed: 2, at: 5000 };
    expect(because(expectation(status('up'), { from: 4000, by: 9000 }), [start, hidden])).toBe(
      'bob never reported it; its last status was "idle", at 5.000 s (2 statuses went by unread)',
    );
  });

  test.each([
    [expectation(log('x'), { by: 60_000 }), 'the run was interrupted before its window closed at 60 s'],
    [expectation(log('x'), { from: 50_000, by: 60_000 }), 'the run was interrupted before its window opened at 50 s'],
    [expectation(log('x')), 'the run was interrupted before the peers had stopped'],
    [expectation(log('x'), { window: atCommand }), 'the run was interrupted before its command was sent'],
  ])('of what is undecided says how far the run came', (one, sentence) => {
    const judge = judgeOf({ expectations: [one] });
    tell(judge, start);
    judge.advance(5000);
    const [decision] = judge.finish({ kind: 'cut', because: 'the run was interrupted' });
    expect(decision).toMatchObject({ outcome: 'undecided', because: sentence, sightings: [], around: [] });
  });
});

describe('evidence', () => {
  test('of an unmet line is the nearest one and its neighbours', () => {
    const { sightings, around, window } = decided(expectation(log('pulled'), { from: 3000, by: 20_000 }));
    expect(window).toEqual({ fromMs: 3000, toMs: 20_000 });
    expect(sightings).toEqual([{ peer: 'bob', kind: 'log', text: 'pull: no messages', atMs: 15_213 }]);
    expect(around.map(({ text }) => text)).toEqual(['dialing alice', 'pull: no messages', 'sleeping']);
  });

  test('of a line that must never be is that line and those before it', () => {
    const { sightings, around } = decided(expectation(log('panic'), { never: true }));
    expect(sightings.map(({ atMs }) => atMs)).toEqual([33_000]);
    expect(around.map(({ text }) => text)).toEqual(['pull: no messages', 'sleeping', 'panic: out of memory']);
  });

  test('of an unmet status is the last one and the lines around its time', () => {
    const { sightings, around } = decided(expectation(status('connected'), { by: 15_000 }));
    expect(sightings).toEqual([{ peer: 'bob', kind: 'status', text: 'connecting', atMs: 3120 }]);
    expect(around.map(({ text }) => text)).toEqual(['booting the store', 'dialing alice']);
  });

  test('of a death begins with it', () => {
    const one = expectation(status('up'), { peers: peers('charlie'), by: 40_000 });
    expect(decided(one).sightings.map(({ kind, text }) => [kind, text])).toEqual([
      ['exit', '137'],
      ['status', 'connected'],
    ]);
  });

  test('of what is met is what met it, three at most', () => {
    const many = peers('a', 'b', 'c', 'd');
    const all: Step[] = [start, ...many.map((peer, index): Step => ({ kind: 'status', peer, text: 'up', at: index }))];
    expect(decided(expectation(status('up'), { peers: many }), all).sightings.map(({ peer }) => peer)).toEqual([
      'b',
      'c',
      'd',
    ]);
  });

  test('has the window of a command as it came to be', () => {
    expect(decided(expectation(log('no messages'), { window: { ...atCommand, withinMs: 7000 } })).window).toEqual({
      fromMs: 10_000,
      toMs: 17_000,
    });
    expect(decided(expectation(log('hi'), { window: { kind: 'command', command: 5 } })).window).toEqual({});
  });

  test('has offsets to the microsecond, whenever the timeline began', () => {
    const one = expectation(log('hi'));
    expect(decided(one, [start, { kind: 'log', peer: 'bob', text: 'hi', at: 0.1 + 0.2 }]).sightings[0]?.atMs).toBe(0.3);
  });

  test('keeps to a length that can be read', () => {
    const long: Step = { kind: 'log', peer: 'bob', text: `panic ${'x'.repeat(5000)}`, at: 5 };
    const { because: why, sightings } = decided(expectation(log('panic'), { never: true }), [start, long]);
    expect(why.length).toBeLessThan(130);
    expect(sightings[0]?.text.length).toBeLessThan(1100);
  });

  test('forgets lines of long ago, and does not show others for them', () => {
    const flood = Array.from(
      { length: 3000 },
      (_, index): Step => ({ kind: 'log', peer: 'bob', text: `line ${index}`, at: 10 + index }),
    );
    const one = expectation(status('connected'), { by: 5000 });
    const of: Step[] = [start, { kind: 'status', peer: 'bob', text: 'connecting', at: 5 }, ...flood];
    expect(decided(one, of)).toMatchObject({ sightings: [{ text: 'connecting' }], around: [] });
  });
});
