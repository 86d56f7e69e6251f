/** What was not heard in time is never green: gaps in the hearing, statuses that hid, restarts that nobody reported. */
import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import type { Expectation } from '../../../src/model/expectation.ts';
import { hostName, peerName } from '../../../src/model/names.ts';
import { Judge } from '../../../src/run/expect/judge.ts';

const ALICE = peerName('alice');

const expectation = (given: Partial<Expectation>): Expectation => ({
  id: 0,
  text: 'it',
  line: 1,
  never: false,
  peers: [ALICE],
  count: 1,
  condition: { kind: 'log', log: { kind: 'text', text: 'panic' } },
  window: { kind: 'timeline', byMs: 4000 },
  ...given,
});
const connected = { kind: 'status', status: { kind: 'text', text: 'connected' } } as const;

/** Plays events (`advance` for time that passes) after the timeline has begun at 0, and gives the outcome. */
function outcomeOf(
  one: Expectation,
  story: readonly (readonly [number, EventBody | 'advance'])[],
  patienceMs?: number,
): { readonly outcome: string | undefined; readonly because: string | undefined } {
  const judge = new Judge({ expectations: [one], commands: [] }, patienceMs === undefined ? {} : { patienceMs });
  let decided: { readonly outcome: string; readonly because: string } | undefined;
  const take = (decisions: ReturnType<Judge['hear']>): void => {
    for (const decision of decisions) if (decision.type === 'expectation-decided') decided = decision;
  };
  const hear = (atMs: number, body: EventBody) => take(judge.hear({ seq: 1, atMs, time: '', ...body } as TmEvent));
  hear(0, { type: 'timeline-started', commands: 0, lengthMs: 0 });
  for (const [atMs, body] of story) {
    if (body === 'advance') take(judge.advance(atMs));
    else hear(atMs, body);
  }
  take(judge.finish({ kind: 'ended' }));
  return { outcome: decided?.outcome, because: decided?.because };
}

const log = (message: string): EventBody => ({ type: 'log', peer: ALICE, level: 'info', message });
const status = (text: string, missed = 0): EventBody => ({
  type: 'peer-status',
  peer: ALICE,
  status: text,
  missed,
  via: 'notification',
});
const lost: EventBody = { type: 'bus-lost', because: 'cut' };
const restored: EventBody = { type: 'bus-restored', afterMs: 1 };

describe('a window that closes while Redis cannot be heard', () => {
  test.each([true, false])('is undecided (never: %s)', (never) => {
    const { outcome, because } = outcomeOf(expectation({ never }), [
      [2000, lost],
      [4500, 'advance'],
      [5400, restored],
      [5500, log('panic')],
    ]);
    expect(outcome).toBe('undecided');
    expect(because).toContain('Redis could not be heard');
  });

  test('is decided as ever where it closes after that', () => {
    const story = [
      [2000, lost],
      [3000, restored],
      [4500, 'advance'],
    ] as const;
    expect(outcomeOf(expectation({ never: true }), story).outcome).toBe('met');
  });

  test('a status does not hold across it: it is heard of again, and holds anew', () => {
    const holds = expectation({ condition: connected, forMs: 3000, window: { kind: 'timeline', byMs: 9000 } });
    const story = (until: number) =>
      [
        [1000, status('connected')],
        [2000, lost],
        [5000, 'advance'],
        [5400, restored],
        [until, 'advance'],
        [until, status('disconnected')],
        [9500, 'advance'],
      ] as const;
    expect(outcomeOf(holds, story(8000)).outcome).toBe('unmet');
    expect(outcomeOf(holds, story(8400)).outcome).toBe('met');
  });
});

describe('a window that closes while tm itself stands still', () => {
  test('is undecided, however soon the lines are read afterwards', () => {
    const story = [
      [500, 'advance'],
      [1000, 'advance'],
      [5000, log('panic')],
      [5000, 'advance'],
    ] as const;
    expect(outcomeOf(expectation({ never: true }), story, 1000)).toMatchObject({
      outcome: 'undecided',
      because: expect.stringContaining('tm itself had stood still for 4.0 s'),
    });
    const awake = Array.from({ length: 20 }, (_, i) => [i * 250, 'advance'] as const);
    expect(outcomeOf(expectation({ never: true }), awake, 1000).outcome).toBe('met');
  });

  test('is not noticed behind the timeline, where nobody looks at the time any more', () => {
    const story = [
      [200, 'advance'],
      [300, { type: 'timeline-ended', ms: 300 }],
      [60_000, status('stopped')],
    ] as const;
    const never = expectation({ never: true, window: { kind: 'timeline', byMs: 5000 } });
    expect(outcomeOf(never, story, 1000).outcome).toBe('met');
  });
});

describe('statuses that went by unread', () => {
  test('break a hold', () => {
    const holds = expectation({ condition: connected, forMs: 3000, window: { kind: 'timeline', byMs: 5000 } });
    const story = (missed: number) =>
      [
        [1000, status('connected')],
        [3000, status('connected', missed)],
        [5000, 'advance'],
      ] as const;
    expect(outcomeOf(holds, story(1)).outcome).toBe('unmet');
    expect(outcomeOf(holds, story(0)).outcome).toBe('met');
  });

  test('leave a status that must never be undecided', () => {
    const never = expectation({ never: true, condition: connected });
    const story = (missed: number) =>
      [
        [1000, status('connecting', missed)],
        [5000, 'advance'],
      ] as const;
    expect(outcomeOf(never, story(1)).outcome).toBe('undecided');
    expect(outcomeOf(never, story(0)).outcome).toBe('met');
  });
});

describe('a restart that the peer did not report', () => {
  test('ends what its status held', () => {
    const holds = expectation({ condition: connected, forMs: 3000, window: { kind: 'timeline', byMs: 5000 } });
    const restarting: EventBody = { type: 'peer-restarting', peer: ALICE, delayMs: 1000 };
    const story = (between: readonly (readonly [number, EventBody])[]) =>
      [[1000, status('connected')], ...between, [5000, 'advance']] as const;
    expect(outcomeOf(holds, story([[2000, restarting]])).outcome).toBe('unmet');
    expect(outcomeOf(holds, story([])).outcome).toBe('met');
  });
});

describe('a peer that ends while its lines are still on their way', () => {
  const died = (atMs: number): TmEvent => ({
    seq: 1,
    atMs,
    time: '',
    type: 'peer-died',
    peer: ALICE,
    host: hostName('here'),
    exitCode: 137,
    oomKilled: false,
    lastLines: [],
  });
  const at = (atMs: number, body: EventBody) => ({ seq: 1, atMs, time: '', ...body }) as TmEvent;

  test('its exit code and its status are settled at once, its lines when they are told', () => {
    const judge = new Judge({
      expectations: [
        expectation({ id: 0, condition: { kind: 'exit', code: 137 }, window: { kind: 'timeline', byMs: 1200 } }),
        expectation({ id: 1, condition: connected, forMs: 2500, window: { kind: 'timeline' } }),
        expectation({
          id: 2,
          condition: { kind: 'log', log: { kind: 'text', text: 'last' } },
          window: { kind: 'timeline' },
        }),
      ],
      commands: [],
    });
    const told = [
      ...judge.hear(at(0, { type: 'timeline-started', commands: 0, lengthMs: 0 })),
      ...judge.hear(at(100, status('connected'))),
      ...judge.ended(ALICE, { exitCode: 137, oomKilled: false }, 1000),
      ...judge.advance(3000),
      ...judge.hear(at(4000, log('the last line'))),
      ...judge.hear(died(4200)),
      ...judge.finish({ kind: 'ended' }),
    ];
    const outcomes = told.flatMap((one) =>
      one.type === 'expectation-decided' ? [[one.expectation, one.outcome]] : [],
    );
    expect(outcomes).toEqual([
      [0, 'met'],
      [1, 'unmet'],
      [2, 'met'],
    ]);
  });
});
