/** Random tests and random stories of their runs. */
import fc from 'fast-check';
import type { Condition, Expectation, WaitDemand } from '../../../src/model/expectation.ts';
import { peerName } from '../../../src/model/names.ts';
import type { Happening, Step, Test } from './story.ts';

const PEERS = ['alice', 'bob', 'carol'] as const;
const STATUSES = ['up', 'up|here', 'down', 'busy'] as const;
const LINES = ['hello', 'hello world', 'panic at noon', 'nothing'] as const;
const CODES = [0, 1, 137] as const;
/** Commands whose sending opens windows; those with the next numbers wait. */
const SENT = [0, 1] as const;

const peer = fc.constantFrom(...PEERS);
const somePeers = fc.subarray([...PEERS], { minLength: 1 }).map((names) => names.map(peerName));

const condition: fc.Arbitrary<Condition> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Condition>(
      { kind: 'status', status: { kind: 'text', text: 'up' } },
      { kind: 'status', status: { kind: 'text', text: 'up|here' } },
      { kind: 'status', status: { kind: 'regex', source: '^(UP|BUSY)', flags: 'iu' } },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Condition>(
      { kind: 'log', log: { kind: 'text', text: 'hello' } },
      { kind: 'log', log: { kind: 'regex', source: 'panic|world', flags: 'u' } },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...CODES).map((code): Condition => ({ kind: 'exit', code })) },
);

interface Rough {
  readonly condition: Condition;
  readonly peers: Expectation['peers'];
  readonly count: number;
  readonly never: boolean;
  readonly forMs: number | undefined;
}

const rough: fc.Arbitrary<Rough> = fc.record({
  condition,
  peers: somePeers,
  count: fc.integer({ min: 1, max: 3 }),
  never: fc.boolean(),
  forMs: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 2 }),
});

const demandOf = ({ condition: of, peers, count, forMs }: Omit<Rough, 'never'>, never: boolean) => ({
  condition: of,
  peers,
  count: never ? 1 : Math.min(count, peers.length),
  ...(of.kind === 'status' && !never && forMs !== undefined ? { forMs } : {}),
});

const offset = fc.integer({ min: 0, max: 30 });
/** Half of the time. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const expectation: fc.Arbitrary<Omit<Expectation, 'id'>> = fc
  .record({
    of: rough,
    command: maybe(fc.constantFrom(...SENT)),
    from: maybe(offset),
    length: maybe(fc.integer({ min: 0, max: 20 })),
  })
  .map(({ of, command, from, length }) => ({
    ...demandOf(of, of.never),
    never: of.never,
    text: 'something',
    line: 1,
    window:
      command !== undefined
        ? { kind: 'command', command, ...(length === undefined ? {} : { withinMs: length }) }
        : {
            kind: 'timeline',
            ...(from === undefined ? {} : { fromMs: from }),
            ...(length === undefined ? {} : { byMs: (from ?? 0) + length }),
          },
  }));

const waitDemand: fc.Arbitrary<WaitDemand> = fc.record({ of: rough, from: maybe(offset) }).map(({ of, from }) => ({
  ...demandOf(of, false),
  text: 'something',
  ...(from === undefined ? {} : { fromMs: from }),
}));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('status' as const), peer, text: fc.constantFrom(...STATUSES) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('log' as const), peer, text: fc.constantFrom(...LINES) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('died' as const, 'exited' as const),
      peer,
      code: fc.constantFrom(...CODES),
    }),
  },
);

/** What becomes of a command that opens windows, and of one that waits; nothing, now and then. */
const sending = fc.option(
  fc.record({ kind: fc.constantFrom('sent' as const, 'sent' as const, 'skipped' as const), ago: fc.nat(1) }),
  { freq: 8 },
);
const waiting = fc.option(fc.record({ kind: fc.constant('wait' as const), ago: fc.nat(1) }), { freq: 8 });
const fates = fc.tuple(sending, sending, waiting, waiting);

/** A test, what happened in its run, and the offset at which that ends. */
export interface World {
  readonly test: Test;
  readonly story: readonly Step[];
  readonly until: number;
  readonly how: 'ended' | 'cut';
}

export const world: fc.Arbitrary<World> = fc
  .record({
    expectations: fc.array(expectation, { minLength: 1, maxLength: 5 }),
    waits: fc.array(fc.array(waitDemand, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 2 }),
    before: fc.array(fc.record({ gap: fc.nat(2), what: happening }), { maxLength: 4 }),
    after: fc.array(fc.record({ gap: fc.nat(4), what: happening }), { minLength: 4, maxLength: 40, size: 'max' }),
    fates,
    /** Where in the story each of them stands, from 0 to 1. */
    places: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
    rest: fc.nat(12),
    starts: fc.integer({ min: 0, max: 19 }).map((n) => n > 0),
    how: fc.constantFrom('ended' as const, 'cut' as const),
  })
  .map(({ expectations, waits, before, after, fates: fated, places, rest, starts, how }) => {
    const demands = [...expectations, ...waits.flat()];
    // A hold that begins in the moment between a sending and its receipt begins with the receipt, or with the last status.
    const instant = demands.some(({ forMs }) => forMs !== undefined);
    const timeline = [...timed(after, 0)];
    for (const [command, fate] of fated.entries()) {
      const place = Math.floor((timeline.length * (places[command] ?? 0)) / 100);
      const at = timeline[Math.max(0, place - 1)]?.at ?? 0;
      if (fate !== null) timeline.splice(place, 0, { ...fate, command, at, ago: instant ? 0 : Math.min(fate.ago, at) });
    }
    const started: readonly Step[] = starts ? [{ kind: 'start', at: 0 }, ...timeline] : [];
    const story = [...timed(before, -before.reduce((sum, { gap }) => sum + gap, 0)), ...started];
    return {
      test: {
        expectations: expectations.map((one, id) => ({ ...one, id })),
        waits: new Map(waits.map((all, index) => [index + 2, { kind: 'when' as const, all, withinMs: 1000 }])),
      },
      story,
      until: (story.at(-1)?.at ?? 0) + rest,
      how,
    };
  });

function timed(steps: readonly { readonly gap: number; readonly what: Happening }[], from: number): readonly Step[] {
  let at = from;
  return steps.map(({ gap, what }) => {
    at += gap;
    return { ...what, at };
  });
}
