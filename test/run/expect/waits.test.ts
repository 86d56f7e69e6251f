/** What a command with `when` waits for. Times are milliseconds from the start of the timeline. */
import { describe, expect, test } from 'vitest';
import type { Condition, WaitDemand } from '../../../src/model/expectation.ts';
import { exit, judgeOf, log, peers, type Step, status, tell } from './story.ts';

const start: Step = { kind: 'start', at: 0 };
const said = (at: number, text: string, peer = 'bob'): Step => ({ kind: 'status', peer, text, at });
const wrote = (at: number, text: string, peer = 'bob'): Step => ({ kind: 'log', peer, text, at });
const wait = (at: number, ago = 0): Step => ({ kind: 'wait', command: 3, at, ago });

function demand(condition: Condition, more: Partial<WaitDemand> = {}): WaitDemand {
  const names = more.peers ?? peers('bob');
  return { condition, peers: names, count: names.length, text: 'bob: something', ...more };
}

function heard(all: readonly WaitDemand[], story: readonly Step[], until?: number) {
  const judge = judgeOf({ expectations: [], waits: new Map([[3, { kind: 'when', all, withinMs: 1000 }]]) });
  for (const step of story) tell(judge, step);
  if (until !== undefined) judge.advance(until);
  return judge;
}

const metAt = (all: readonly WaitDemand[], story: readonly Step[], until?: number) =>
  heard(all, story, until).waitMet(3);

describe('a wait', () => {
  test('is met by a status that stands when it begins, at that time', () => {
    expect(metAt([demand(status('up'))], [start, said(5, 'up'), wait(9)])).toBe(9);
    expect(metAt([demand(status('up'))], [start, said(5, 'up'), said(7, 'down'), wait(9)])).toBeUndefined();
    expect(metAt([demand(status('up'))], [start, wait(9), said(12, 'up')])).toBe(12);
  });

  test('takes log lines and ends from its beginning on', () => {
    expect(metAt([demand(log('go'))], [start, wrote(9, 'go'), wait(9)])).toBeUndefined();
    expect(metAt([demand(log('go'))], [start, wait(9), wrote(9, 'go')])).toBe(9);
    expect(metAt([demand(exit(0))], [start, wait(9), { kind: 'exited', peer: 'bob', code: 0, at: 11 }])).toBe(11);
  });

  test('takes an answer that was heard before it was known to have begun', () => {
    expect(metAt([demand(log('go'))], [start, wrote(9, 'go'), wait(9.5, 1)])).toBe(9);
  });

  test('takes what happened since `from`, whenever it begins', () => {
    const since = demand(log('go'), { fromMs: 5 });
    expect(metAt([since], [start, wrote(5, 'go'), wait(9)])).toBe(9);
    expect(metAt([since], [start, wrote(4, 'go'), wait(9)])).toBeUndefined();
    expect(metAt([demand(log('go'), { fromMs: 20 })], [start, wait(9), wrote(19, 'go'), wrote(21, 'go')])).toBe(21);
    expect(metAt([demand(status('up'), { fromMs: 5 })], [start, said(6, 'up'), said(7, 'down'), wait(9)])).toBe(9);
  });

  test('waits for all its demands', () => {
    const all = [demand(status('up')), demand(log('go'), { peers: peers('alice') })];
    expect(metAt(all, [start, wait(1), wrote(3, 'go', 'alice')])).toBeUndefined();
    expect(metAt(all, [start, wait(1), wrote(3, 'go', 'alice'), said(8, 'up'), said(9, 'down')])).toBe(8);
  });

  test('is met by time alone where a status must hold', () => {
    const judge = heard([demand(status('up'), { forMs: 10 })], [start, said(2, 'up'), wait(5)]);
    expect(judge.nextMoment()).toBe(15);
    judge.advance(14.999);
    expect(judge.waitMet(3)).toBeUndefined();
    judge.advance(15);
    expect(judge.waitMet(3)).toBe(15);
    expect(judge.nextMoment()).toBeUndefined();
  });

  test('does not keep the timeline open by itself', () => {
    expect(heard([demand(log('go'))], [start, wait(5)]).openUntil()).toBeUndefined();
  });
});

describe('why not', () => {
  const whyNot = (all: readonly WaitDemand[], story: readonly Step[]) => heard(all, story, 30_000).whyNot(3);

  test('says what was seen instead', () => {
    expect(whyNot([demand(status('connected'))], [start, wait(1000), said(3120, 'connecting')])).toBe(
      'bob never reported connected; its last status was "connecting", at 3.120 s',
    );
    expect(whyNot([demand(log('ready'))], [start, wrote(500, 'ready'), wait(1000), wrote(4000, 'reading')])).toBe(
      'bob wrote "ready" at 0.500 s, before the wait began',
    );
    expect(whyNot([demand(log('ready'))], [start, wait(1000), wrote(4000, 'reading'), wrote(5000, 'done')])).toBe(
      'never "ready" in 2 log lines of bob; nearest "reading" at 4.000 s',
    );
    expect(whyNot([demand(log('ready'))], [start, wrote(500, 'reading'), wait(1000), wrote(5000, 'done')])).toBe(
      'never "ready" in 1 log line of bob; nearest "reading" at 0.500 s, before the wait began',
    );
    expect(whyNot([demand(log('ready'))], [start, wrote(500, 'done'), wait(1000)])).toBe(
      'bob wrote no log line since the wait began; the last one "done" at 0.500 s',
    );
    expect(whyNot([demand(exit(0))], [start, wait(1000)])).toBe('bob had not ended');
    expect(whyNot([demand(status('up'), { forMs: 40_000 })], [start, wait(1000), said(2000, 'up')])).toBe(
      'bob held up for 28 s of 40 s, until the wait was over at 30.000 s',
    );
  });

  test('names the peers and the demands that are missing', () => {
    const all = [
      demand(status('up'), { peers: peers('alice', 'bob'), text: 'alice, bob: status up' }),
      demand(log('go'), { text: 'bob: log "go"' }),
    ];
    const story: Step[] = [
      start,
      wait(1000),
      said(2000, 'up', 'alice'),
      { kind: 'died', peer: 'bob', code: 1, at: 9000 },
    ];
    expect(whyNot(all, story)).toBe(
      'alice, bob: status up: only 1 of 2, without bob; bob died at 9.000 s; it had reported no status; and without bob: log "go"',
    );
  });
});
