/** The rules of expectations, one by one, with their boundaries. Times are milliseconds from the start of the timeline. */
import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../../src/model/expectation.ts';
import type { Judge } from '../../../src/run/expect/judge.ts';
import { exit, expectation, judgeOf, log, peers, play, type Step, status, tell } from './story.ts';

const start: Step = { kind: 'start', at: 0 };
const said = (at: number, text: string, peer = 'bob'): Step => ({ kind: 'status', peer, text, at });
const wrote = (at: number, text: string, peer = 'bob'): Step => ({ kind: 'log', peer, text, at });
const died = (at: number, code?: number, peer = 'bob'): Step => ({
  kind: 'died',
  peer,
  at,
  ...(code === undefined ? {} : { code }),
});
const exited = (at: number, code = 0, peer = 'bob'): Step => ({ kind: 'exited', peer, code, at });
const sent = (at: number, command = 0): Step => ({ kind: 'sent', command, at });
const interrupted = { kind: 'cut', because: 'the run was interrupted' } as const;
const atCommand = (withinMs?: number): Partial<Expectation> => ({
  window: { kind: 'command', command: 0, ...(withinMs === undefined ? {} : { withinMs }) },
});

/** `met`, `unmet` or `undecided` of one expectation. */
function outcomeOf(
  one: Expectation,
  story: readonly Step[],
  until = 60_000,
  how?: Parameters<Judge['finish']>[0],
): string {
  const decided = play({ expectations: [one] }, story, until, how).filter(({ type }) => type === 'expectation-decided');
  expect(decided).toHaveLength(1);
  return decided[0]?.type === 'expectation-decided' ? decided[0].outcome : '';
}

/** The outcome by the time that a story has been told, before the run ends: undefined while it is open. */
function soFar(one: Expectation, story: readonly Step[], until?: number): string | undefined {
  const judge = judgeOf({ expectations: [one] });
  const decisions = story.flatMap((step) => tell(judge, step));
  if (until !== undefined) decisions.push(...judge.advance(until));
  return decisions[0]?.type === 'expectation-decided' ? decisions[0].outcome : undefined;
}

describe('a status', () => {
  test('is met when it is reported in the window, whose ends belong to it', () => {
    const one = expectation(status('up'), { from: 10, by: 20 });
    expect(outcomeOf(one, [start, said(10, 'up'), said(10, 'down')])).toBe('met');
    expect(outcomeOf(one, [start, said(20, 'up')])).toBe('met');
    expect(outcomeOf(one, [start, said(20.001, 'up')])).toBe('unmet');
    expect(outcomeOf(one, [start, said(9.999, 'up'), said(9.9995, 'down')])).toBe('unmet');
  });

  test('that stands when the window opens meets it', () => {
    const one = expectation(status('up'), { from: 10, by: 20 });
    expect(outcomeOf(one, [start, said(3, 'up')])).toBe('met');
    expect(outcomeOf(one, [said(-3, 'up'), start])).toBe('met');
    expect(outcomeOf(one, [start, said(3, 'up'), said(10, 'down')])).toBe('unmet');
    expect(outcomeOf(one, [start, said(3, 'up'), said(10.001, 'down')])).toBe('met');
    expect(outcomeOf(one, [start, said(3, 'up'), exited(10)])).toBe('unmet');
  });

  test('counts from before the timeline where the window has no beginning', () => {
    expect(
      outcomeOf(expectation(status('started'), { by: 0 }), [said(-900, 'started|/ip4'), said(-800, 'x'), start]),
    ).toBe('met');
  });

  test('is meant by its word or its whole text, and a pattern finds a part', () => {
    const story = [start, said(5, 'started|/ip4/10.0.0.1')];
    expect(outcomeOf(expectation(status('started')), story)).toBe('met');
    expect(outcomeOf(expectation(status('started|/ip4/10.0.0.1')), story)).toBe('met');
    expect(outcomeOf(expectation(status('start')), story)).toBe('unmet');
    const pattern = { kind: 'status', status: { kind: 'regex', source: 'IP4', flags: 'i' } } as const;
    expect(outcomeOf(expectation(pattern), story)).toBe('met');
  });

  test('is told at once, and as unmet when the window closes or the peer ends', () => {
    const one = expectation(status('up'), { by: 20 });
    expect(soFar(one, [start, said(5, 'up')])).toBe('met');
    expect(soFar(one, [start, said(5, 'down')], 19.999)).toBeUndefined();
    expect(soFar(one, [start, said(5, 'down')], 20)).toBe('unmet');
    expect(soFar(one, [start, died(5)])).toBe('unmet');
    expect(soFar(one, [start, exited(5)])).toBe('unmet');
  });
});

describe('a status for some time', () => {
  const held = expectation(status('up'), { forMs: 10, from: 10, by: 30 });

  test('is met when the time is just filled, inside the window', () => {
    expect(outcomeOf(held, [start, said(5, 'up'), said(20, 'down')])).toBe('met');
    expect(outcomeOf(held, [start, said(5, 'up'), said(19.999, 'down')])).toBe('unmet');
    expect(outcomeOf(held, [start, said(20, 'up')])).toBe('met');
    expect(outcomeOf(held, [start, said(20.001, 'up')])).toBe('unmet');
    expect(outcomeOf(held, [start, said(5, 'up'), exited(20)])).toBe('met');
    expect(outcomeOf(held, [start, said(5, 'up'), died(19)])).toBe('unmet');
  });

  test('is told as soon as it was long enough', () => {
    expect(soFar(held, [start, said(12, 'up')], 21.999)).toBeUndefined();
    expect(soFar(held, [start, said(12, 'up')], 22)).toBe('met');
  });

  test('begins anew after a break, and goes on when it is reported again', () => {
    expect(outcomeOf(held, [start, said(5, 'up'), said(15, 'up|elsewhere'), said(21, 'down')])).toBe('met');
    expect(outcomeOf(held, [start, said(5, 'up'), said(15, 'down'), said(16, 'up'), said(26, 'down')])).toBe('met');
    expect(outcomeOf(held, [start, said(5, 'up'), said(15, 'down'), said(21, 'up')])).toBe('unmet');
  });

  test('keeps the timeline open: until it can be met, and as long as it is under way', () => {
    const judge = judgeOf({ expectations: [expectation(status('up'), { forMs: 10 })] });
    expect(judge.openUntil()).toBe(10);
    tell(judge, start);
    tell(judge, said(4, 'up'));
    expect(judge.openUntil()).toBe(14);
    expect(judge.nextMoment()).toBe(14);
    tell(judge, said(12, 'down'));
    expect(judge.openUntil()).toBe(10);
    expect(judge.nextMoment()).toBeUndefined();
    tell(judge, said(13, 'up'));
    expect(judge.openUntil()).toBe(23);
    judge.advance(23);
    expect(judge.openUntil()).toBeUndefined();
  });

  test('at a command takes a status that stands when it is sent', () => {
    const one = expectation(status('up'), { ...atCommand(15), forMs: 10 });
    expect(outcomeOf(one, [start, said(5, 'up'), sent(8), said(18, 'down')])).toBe('met');
    expect(outcomeOf(one, [start, said(5, 'up'), sent(8), said(17, 'down')])).toBe('unmet');
    expect(outcomeOf(one, [start, sent(8), said(13, 'up')])).toBe('met');
    expect(outcomeOf(one, [start, sent(8), said(14, 'up')])).toBe('unmet');
  });

  test('comes out the same when it breaks and begins anew in one moment', () => {
    const one = expectation(status('up'), { peers: peers('alice', 'bob'), count: 1, forMs: 10 });
    const story = [start, said(5, 'up'), said(5, 'down'), said(5, 'up', 'alice'), said(5, 'up')];
    const asked = judgeOf({ expectations: [one] });
    const watched = story.flatMap((step) => {
      asked.nextMoment();
      return tell(asked, step);
    });
    expect([...watched, ...asked.advance(15), ...asked.finish({ kind: 'ended' })]).toEqual(
      play({ expectations: [one] }, story, 15),
    );
  });
});

describe('a log line', () => {
  test('is met by one in the window, of the right peer', () => {
    const one = expectation(log('hello'), { from: 10, by: 20 });
    expect(outcomeOf(one, [start, wrote(10, 'say hello')])).toBe('met');
    expect(outcomeOf(one, [start, wrote(20, 'say hello')])).toBe('met');
    expect(outcomeOf(one, [start, wrote(9, 'say hello'), wrote(21, 'hello')])).toBe('unmet');
    expect(outcomeOf(one, [start, wrote(15, 'hello', 'alice')])).toBe('unmet');
  });

  test('may match a pattern, again and again, whatever its flags', () => {
    const pattern = (id: number) => ({
      ...expectation(
        { kind: 'log', log: { kind: 'regex', source: 'o', flags: 'gi' } },
        { from: id * 10, by: id * 10 + 5 },
      ),
      id,
    });
    const decisions = play(
      { expectations: [pattern(0), pattern(1)] },
      [start, wrote(1, 'hellO'), wrote(11, 'hellO')],
      20,
    );
    expect(decisions.map((one) => one.type === 'expectation-decided' && one.outcome)).toEqual(['met', 'met']);
  });
});

describe('an exit', () => {
  test('is met by that code alone, however the peer ended', () => {
    expect(outcomeOf(expectation(exit(0)), [start, exited(40)])).toBe('met');
    expect(outcomeOf(expectation(exit(137)), [start, died(40, 137)])).toBe('met');
    expect(outcomeOf(expectation(exit(0)), [start, exited(40, 3)])).toBe('unmet');
    expect(outcomeOf(expectation(exit(0)), [start, died(40)])).toBe('unmet');
    expect(outcomeOf(expectation(exit(0)), [start])).toBe('unmet');
  });

  test('counts in its window', () => {
    const one = expectation(exit(0), { from: 10, by: 20 });
    expect(outcomeOf(one, [start, exited(20)])).toBe('met');
    expect(outcomeOf(one, [start, exited(21)])).toBe('unmet');
    expect(soFar(one, [start, exited(9)])).toBe('unmet');
  });
});

describe('several peers', () => {
  const two = peers('alice', 'bob');
  const three = peers('alice', 'bob', 'carol');

  test('must all meet it, each for itself', () => {
    const one = expectation(status('up'), { peers: two });
    expect(outcomeOf(one, [start, said(5, 'up', 'alice'), said(6, 'down', 'alice'), said(7, 'up', 'bob')])).toBe('met');
    expect(soFar(one, [start, said(5, 'up', 'alice'), died(6)])).toBe('unmet');
    expect(soFar(one, [start, said(5, 'up', 'alice'), died(6, 1, 'alice')])).toBeUndefined();
  });

  test('are enough when `count` of them do', () => {
    const one = expectation(log('in'), { peers: three, count: 2 });
    expect(soFar(one, [start, wrote(5, 'in', 'alice'), wrote(6, 'in', 'alice')])).toBeUndefined();
    expect(soFar(one, [start, wrote(5, 'in', 'alice'), died(6), wrote(7, 'in', 'carol')])).toBe('met');
    expect(soFar(one, [start, died(6), died(7, 1, 'carol')])).toBe('unmet');
  });
});

describe('never', () => {
  const never = (more: Parameters<typeof expectation>[1] = {}) => expectation(log('panic'), { never: true, ...more });

  test('is met when the window closes, or the peers have stopped', () => {
    expect(soFar(never({ by: 20 }), [start, wrote(5, 'fine')], 20)).toBe('met');
    expect(soFar(never(), [start, wrote(5, 'fine'), exited(30)], 60)).toBeUndefined();
    expect(outcomeOf(never(), [start, wrote(5, 'fine'), exited(30)])).toBe('met');
  });

  test('is unmet as soon as it happens in the window, whose ends belong to it', () => {
    const one = never({ from: 10, by: 20 });
    expect(soFar(one, [start, wrote(10, 'panic!')])).toBe('unmet');
    expect(soFar(one, [start, wrote(20, 'panic!')])).toBe('unmet');
    expect(outcomeOf(one, [start, wrote(9, 'panic!'), wrote(21, 'panic!')])).toBe('met');
    expect(outcomeOf(never({ by: 5 }), [wrote(-5, 'panic!'), start])).toBe('unmet');
  });

  test('is broken by a status that stands when the window opens', () => {
    const one = expectation(status('down'), { never: true, from: 10, by: 20 });
    expect(outcomeOf(one, [start, said(5, 'down')])).toBe('unmet');
    expect(outcomeOf(one, [start, said(5, 'down'), said(10, 'up')])).toBe('met');
    expect(
      outcomeOf(expectation(status('down'), { never: true, ...atCommand(5) }), [start, said(5, 'down'), sent(10)]),
    ).toBe('met');
  });

  test('is unmet when a peer dies before the window closes, not when it stops', () => {
    expect(soFar(never({ by: 20 }), [start, died(12, 1)])).toBe('unmet');
    expect(soFar(never({ from: 15, by: 20 }), [start, died(12, 1)])).toBe('unmet');
    expect(outcomeOf(never({ by: 20 }), [start, exited(12)])).toBe('met');
    expect(outcomeOf(never({ by: 20 }), [start, died(21, 1)])).toBe('met');
  });

  test('forgives a death that another expectation wants', () => {
    const wanted = { ...expectation(exit(137)), id: 1 };
    const decisions = play({ expectations: [never(), wanted] }, [start, died(12, 137)], 20);
    const outcomes = decisions.map((one) => one.type === 'expectation-decided' && [one.expectation, one.outcome]);
    expect(outcomes).toEqual([
      [1, 'met'],
      [0, 'met'],
    ]);
  });

  test('is broken by a line that is heard after its peer has stopped', () => {
    expect(outcomeOf(never(), [start, exited(12), wrote(12.5, 'panic: in my last breath')])).toBe('unmet');
  });
});

describe('at a command', () => {
  test('the window opens with the sending and is `within` long', () => {
    const one = expectation(log('hi'), atCommand(5));
    expect(outcomeOf(one, [start, sent(10), wrote(15, 'hi')])).toBe('met');
    expect(outcomeOf(one, [start, sent(10), wrote(15.001, 'hi')])).toBe('unmet');
    expect(outcomeOf(one, [start, wrote(10, 'hi'), sent(10)])).toBe('unmet');
  });

  test('an answer counts that was heard before Redis confirmed the sending', () => {
    const one = expectation(log('hi'), atCommand(5));
    expect(outcomeOf(one, [start, wrote(10.2, 'hi'), { kind: 'sent', command: 0, at: 10.5, ago: 0.4 }])).toBe('met');
    expect(outcomeOf(one, [start, wrote(10, 'hi'), { kind: 'sent', command: 0, at: 10.5, ago: 0.4 }])).toBe('unmet');
  });

  test('only a status counts that is reported after it', () => {
    const one = expectation(status('up'), atCommand(5));
    expect(outcomeOf(one, [start, said(5, 'up'), sent(10)])).toBe('unmet');
    expect(outcomeOf(one, [start, said(5, 'up'), sent(10), said(12, 'up')])).toBe('met');
  });

  test('it is unmet when the command is not sent', () => {
    const one = expectation(log('hi'), atCommand(5));
    expect(soFar(one, [start, { kind: 'skipped', command: 0, at: 10 }])).toBe('unmet');
    expect(outcomeOf(one, [start, wrote(10, 'hi')])).toBe('unmet');
    expect(outcomeOf({ ...one, never: true }, [start])).toBe('unmet');
  });

  test('it keeps the timeline open until its window closes', () => {
    const judge = judgeOf({ expectations: [expectation(log('hi'), atCommand(5))] });
    tell(judge, start);
    expect(judge.openUntil()).toBeUndefined();
    tell(judge, sent(10));
    expect(judge.openUntil()).toBe(15);
    expect(judge.nextMoment()).toBe(15);
  });
});

describe('a run that does not come to its end', () => {
  test('leaves undecided what is open, and decides what is past', () => {
    const open = expectation(log('hi'), { by: 20 });
    expect(outcomeOf(open, [start], 19.999, interrupted)).toBe('undecided');
    expect(outcomeOf(open, [start], 20, interrupted)).toBe('unmet');
    expect(outcomeOf(open, [start, wrote(5, 'hi')], 6, interrupted)).toBe('met');
  });

  test('leaves everything undecided when its timeline never began', () => {
    expect(outcomeOf(expectation(status('started')), [said(-5, 'started')], 0, interrupted)).toBe('undecided');
    expect(outcomeOf(expectation(status('started')), [said(-5, 'started')], 0)).toBe('undecided');
  });

  test('hears nothing more once somebody asks it to stop', () => {
    const story: Step[] = [start, { kind: 'stop', at: 5 }, said(6, 'stopped'), exited(7)];
    expect(outcomeOf(expectation(status('up')), story, 60, interrupted)).toBe('undecided');
  });

  test('has not reached a window that opens later', () => {
    const late = (never: boolean) => expectation(status('up'), { from: 50, never });
    expect(outcomeOf(late(false), [start, said(5, 'up')], 42)).toBe('unmet');
    expect(outcomeOf(late(true), [start, said(5, 'down')], 42)).toBe('unmet');
    expect(outcomeOf(late(true), [start, said(5, 'down')], 50)).toBe('met');
  });
});

describe('the judge', () => {
  test('keeps the timeline open for the last window of what is undecided', () => {
    const early = expectation(log('a'), { by: 20 });
    const late = { ...expectation(log('b'), { by: 30 }), id: 1 };
    const unbounded = { ...expectation(log('c')), id: 2 };
    const judge = judgeOf({ expectations: [early, late, unbounded] });
    expect(judge.openUntil()).toBe(30);
    tell(judge, start);
    tell(judge, wrote(5, 'b'));
    expect(judge.openUntil()).toBe(20);
    judge.advance(20);
    expect(judge.openUntil()).toBeUndefined();
    expect(judge.hasUnmet()).toBe(true);
  });

  test('says what came too late, once', () => {
    const story = [start, wrote(25, 'hi'), wrote(26, 'hi')];
    const late = play({ expectations: [expectation(log('hi'), { by: 20 })] }, story, 30).filter(
      ({ type }) => type === 'expectation-late',
    );
    expect(late).toEqual([
      { type: 'expectation-late', expectation: 0, sighting: { peer: 'bob', kind: 'log', text: 'hi', atMs: 25 } },
    ]);
  });

  test('says what a peer wrote that is heard after its end', () => {
    const decisions = play({ expectations: [expectation(log('hi'))] }, [start, died(5), wrote(6, 'hi')], 30);
    expect(decisions.map(({ type }) => type)).toEqual(['expectation-decided', 'expectation-late']);
  });

  test('does not call late what happens after a decision and yet in the window', () => {
    const one = expectation(log('hi'), { peers: peers('alice', 'bob'), by: 20 });
    const decisions = play({ expectations: [one] }, [start, died(5, 1, 'alice'), wrote(6, 'hi')], 30);
    expect(decisions.map(({ type }) => type)).toEqual(['expectation-decided']);
  });

  test('decides nothing before the timeline begins', () => {
    const judge = judgeOf({ expectations: [expectation(status('started'))] });
    expect(tell(judge, said(-5, 'started'))).toEqual([]);
    expect(judge.advance(100)).toEqual([]);
    expect(judge.nextMoment()).toBeUndefined();
    expect(tell(judge, start)).toHaveLength(1);
  });

  test('is silent when it has finished', () => {
    const judge = judgeOf({ expectations: [expectation(log('hi'))] });
    tell(judge, start);
    expect(judge.finish({ kind: 'ended' })).toHaveLength(1);
    expect(judge.finish({ kind: 'ended' })).toEqual([]);
    expect(tell(judge, wrote(5, 'hi'))).toEqual([]);
  });
});

describe('a secret', () => {
  const TOKEN = 'tok-12345';
  const hidden = (at: number, kind: 'status' | 'log'): Step => ({
    kind,
    peer: 'bob',
    text: `ready|${TOKEN}`,
    shown: 'ready|[redacted]',
    at,
  });
  const inStatus = status(`ready|${TOKEN}`);
  const never = (condition: Expectation['condition'], from?: number) =>
    expectation(condition, { never: true, ...(from === undefined ? {} : { from }) });

  test('that is never to be said breaks that where it is, and nothing tells it', () => {
    const stories = [
      { one: never(log(TOKEN)), story: [start, hidden(5, 'log')] },
      { one: never(inStatus), story: [start, hidden(5, 'status')] },
      { one: never(inStatus, 10), story: [start, hidden(5, 'status'), wrote(20, 'hi')] },
      { one: expectation(log('hi'), { by: 10 }), story: [start, hidden(5, 'log'), hidden(6, 'status')] },
      { one: expectation(status('up'), { by: 10 }), story: [start, hidden(5, 'log'), hidden(6, 'status')] },
    ];
    for (const { one, story } of stories) {
      const decisions = play({ expectations: [one] }, story, 60);
      expect(decisions).toMatchObject([{ outcome: 'unmet' }]);
      expect(JSON.stringify(decisions)).toContain('ready|[redacted]');
      expect(JSON.stringify(decisions)).not.toContain(TOKEN);
    }
  });

  test('that is to be said is found', () => {
    const condition = { kind: 'log', log: { kind: 'regex', source: 'tok-\\d+$', flags: '' } } as const;
    expect(outcomeOf(expectation(condition, { by: 10 }), [start, hidden(5, 'log')])).toBe('met');
    expect(outcomeOf(expectation(inStatus, { by: 10 }), [start, hidden(5, 'status')])).toBe('met');
    const held = expectation(inStatus, { forMs: 10, from: 10, by: 30 });
    expect(outcomeOf(held, [start, hidden(5, 'status')])).toBe('met');
  });

  test('is not looked for in what stands in its place', () => {
    expect(outcomeOf(never(log('redacted')), [start, hidden(5, 'log')])).toBe('met');
    expect(outcomeOf(never(status('ready|[redacted]')), [start, hidden(5, 'status')])).toBe('met');
  });
});
