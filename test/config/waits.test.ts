import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../src/model/spec.ts';
import { faultsOf } from './load-text.ts';
import { compiled, timelineText } from './timeline-text.ts';

/** One line a command: `2 3000 bob pull after 1 +3000`. */
function lineOf({ atMs, peer, command, id, waits }: CommandSpec, index: number): string {
  const named = id === undefined ? '' : ` (${id})`;
  if (waits === undefined) return `${index} ${atMs} ${peer} ${command}${named}`;
  const why =
    waits.kind === 'after'
      ? `after ${waits.command} +${waits.delayMs}`
      : `when since ${waits.since ?? 'start'} ${waits.all.map(({ text }) => text).join(' & ')} within ${waits.withinMs}`;
  return `${index} ${atMs} ${peer} ${command}${named} ${why}`;
}

const linesOf = async (...commands: string[]): Promise<readonly string[]> =>
  (await compiled(commands)).commands.map(lineOf);

describe('commands that wait', () => {
  it('come in the order of the timeline, behind what they wait for, and mean each other by their place there', async () => {
    expect(
      await linesOf(
        'time: 10, peer: alice, command: late',
        'after: +2, peer: bob, command: later',
        'time: 1, peer: alice, command: early, id: first',
        'when: { peer: bob, status: connected, from: 4 }, within: 5, peer: bob, command: met',
        'after: first +0.5, peer: bob, command: half',
        'after: first, peer: bob, command: at once',
        'after: 3, peer: bob, command: number',
      ),
    ).toEqual([
      '0 1000 alice early (first)',
      '1 1000 bob at once after 0 +0',
      '2 1500 bob half after 0 +500',
      '3 4000 bob met when since 0 bob: status connected from 4 s within 5000',
      '4 4000 bob number after 1 +3000',
      '5 10000 alice late',
      '6 12000 bob later after 5 +2000',
    ]);
  });

  it('for several things wait for all of them, at the earliest for as long as they must hold', async () => {
    const when =
      '[{ peer: bob, log: /x/i }, { peers: [bob, alice], status: up, for: 4, count: 1 }, { peer: bob, exit: 0 }]';
    const { commands } = await compiled([
      'time: 1, peer: alice, command: a',
      `when: ${when}, within: 9, peer: bob, command: b`,
    ]);
    expect(commands[1]).toEqual({
      atMs: 5000,
      peer: 'bob',
      command: 'b',
      line: 11,
      waits: {
        kind: 'when',
        since: 0,
        withinMs: 9000,
        all: [
          {
            peers: ['bob'],
            count: 1,
            condition: { kind: 'log', log: { kind: 'regex', source: 'x', flags: 'i' } },
            text: 'bob: log /x/i',
          },
          {
            peers: ['alice', 'bob'],
            count: 1,
            condition: { kind: 'status', status: { kind: 'text', text: 'up' } },
            forMs: 4000,
            text: '1 of bob, alice: status up for 4 s',
          },
          { peers: ['bob'], count: 1, condition: { kind: 'exit', code: 0 }, text: 'bob: exit 0' },
        ],
      },
    });
  });

  it('may be the first: they count from the start of the timeline', async () => {
    expect(await linesOf('after: +3, peer: bob, command: a', 'after: 1, peer: bob, command: b')).toEqual([
      '0 3000 bob a',
      '1 4000 bob b after 0 +1000',
    ]);
    expect(await linesOf('when: { peer: bob, exit: 0, from: 2 }, within: 3, peer: bob, command: a')).toEqual([
      '0 2000 bob a when since start bob: exit 0 from 2 s within 3000',
    ]);
  });

  it('may wait for one that is written further down', async () => {
    expect(
      await linesOf(
        'after: last, peer: bob, command: a',
        'after: +0, peer: bob, command: b',
        'time: 0, peer: alice, command: c, id: last',
        'time: 0, peer: alice, command: d',
      ),
    ).toEqual(['0 0 alice c (last)', '1 0 bob a after 0 +0', '2 0 bob b after 1 +0', '3 0 alice d']);
  });

  it('and those for several peers are one for each, in the order of the file, and waited for to the last', async () => {
    expect(
      await linesOf(
        'time: 1, peer: worker-*, command: a, id: all',
        'after: +1, peer: "tag:gpu", command: b',
        'after: all, peer: "*", command: c',
        'time: 1, peer: bob, command: d',
      ),
    ).toEqual([
      '0 1000 worker-10 a (all)',
      '1 1000 worker-2 a (all)',
      '2 1000 alice c after 1 +0',
      '3 1000 bob c after 1 +0',
      '4 1000 worker-10 c after 1 +0',
      '5 1000 worker-2 c after 1 +0',
      '6 1000 bob d',
      '7 2000 worker-10 b after 1 +1000',
      '8 2000 worker-2 b after 1 +1000',
    ]);
  });
});

describe('any timeline', () => {
  interface Written {
    readonly time?: number;
    readonly after?: string;
    readonly when?: number;
    readonly peer: string;
  }
  const written = (index: number): fc.Arbitrary<Written> =>
    fc
      .record({
        kind: fc.constantFrom('time', 'after', 'id', 'when'),
        seconds: fc.integer({ min: 0, max: 3 }),
        to: fc.nat(Math.max(0, index - 1)),
        peer: fc.constantFrom('alice', 'bob', '*', 'worker-*', 'tag:gpu'),
      })
      .map(({ kind, seconds, to, peer }) => {
        if (kind === 'time' || (kind === 'id' && index === 0)) return { time: seconds, peer };
        if (kind === 'when') return { when: seconds, peer };
        return { after: kind === 'after' ? `+${seconds}` : `c${to} +${seconds}`, peer };
      });
  const timelines = fc
    .integer({ min: 1, max: 12 })
    .chain((length) => fc.tuple(...Array.from({ length }, (_unused, index) => written(index))));
  const textOf = ({ time, after, when, peer }: Written, index: number): string => {
    const start =
      time !== undefined
        ? `time: ${time}`
        : when !== undefined
          ? `when: { peer: bob, status: up, for: ${when + 1} }, within: 5`
          : `after: ${after}`;
    return `${start}, id: c${index}, peer: "${peer}", command: c${index}`;
  };

  it('is sorted by its earliest offsets, holds each copy of a command together, and points only back', async () => {
    await fc.assert(
      fc.asyncProperty(timelines, async (list) => {
        const { commands } = await compiled(list.map(textOf));
        for (const [index, { atMs, waits }] of commands.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(commands[index - 1]?.atMs ?? 0);
          const behind = waits?.kind === 'after' ? waits.command : waits?.since;
          if (behind !== undefined) expect(behind).toBeLessThan(index);
          // What is meant is the last copy of a command.
          if (behind !== undefined) expect(commands[behind + 1]?.command).not.toBe(commands[behind]?.command);
        }
        const blocks = commands
          .map(({ command }) => command)
          .filter((command, index, all) => command !== all[index - 1]);
        expect(new Set(blocks).size).toBe(blocks.length);
        for (const block of blocks) {
          const order = ['alice', 'bob', 'worker-10', 'worker-2'];
          const places = commands.filter(({ command }) => command === block).map(({ peer }) => order.indexOf(peer));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('without selectors and waits is what a stable sort makes of it', async () => {
    const timed = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('alice', 'bob')), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(timed, async (list) => {
        const { commands } = await compiled(
          list.map(([time, peer], index) => `time: ${time}, peer: ${peer}, command: c${index}`),
        );
        const expected = list
          .map(([time, peer], index) => ({ atMs: time * 1000, peer, command: `c${index}`, line: index + 10 }))
          .sort((a, b) => a.atMs - b.atMs);
        expect(commands).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

/** The faults of some commands, without those of peers that nothing is sent to. */
const faultsWith = async (...commands: string[]): Promise<readonly string[]> =>
  (await faultsOf(timelineText(['time: 0, peer: "*", command: c', ...commands]))).map((line) =>
    line.replace(/^\d+:/, ''),
  );

const BOTH = 'peer: bob, command: c';

describe('faults of commands that wait', () => {
  it.each([
    [
      [BOTH],
      '5 «{ peer: bob, command: c }» error missing-key: missing key "time" in a command | add `time: 10`, say, or `after: +3`, or a `when` with its `within`',
    ],
    [
      [`time: 1, after: +3, ${BOTH}`],
      '16 «after» error conflicting-keys: `after` stands beside `time`, and a command is sent by one of them | remove one',
    ],
    [
      [`when: { peer: bob, status: up }, ${BOTH}`],
      '7 «when» error missing-key: `when` needs a `within`: for how long it is waited for | add `within: 10`, say',
    ],
    [
      [`time: 1, within: 3, ${BOTH}`],
      '16 «within» error misplaced-key: `within` bounds a `when`, and there is none | remove it',
    ],
    [
      [`time: 1, within: 3, ${BOTH}, expect: { log: x }`],
      '16 «within» error misplaced-key: `within` bounds a `when`, and there is none | move it into `expect`, if it bounds that',
    ],
    [
      [`after: +1, ${BOTH}, repeat: { every: 1, until: 5 }`],
      '41 «repeat» error conflicting-keys: `repeat` goes with `time`, and this command is sent by `after` | remove it',
    ],
    [
      [`after: "3", ${BOTH}`],
      '14 «"3"» error bad-format: seconds such as `+3`, or the `id` of a command with seconds behind it is wanted here, not "3" | write +3, say',
    ],
    [
      [`after: -3, ${BOTH}`],
      '14 «-3» error out-of-range: seconds such as `+3`, or the `id` of a command with seconds behind it is wanted here, not -3 | the least is 0',
    ],
    [[`afer: +3, ${BOTH}`], '7 «afer» error unknown-key: unknown key "afer" in a command | did you mean "after"?'],
    [
      [`time: 1, id: a, ${BOTH}`, `time: 1, id: a, ${BOTH}`],
      '20 «a» error duplicate-id: duplicate id "a" | the first is on line 11: give this one another',
    ],
    [
      [`time: 1, id: 1a, ${BOTH}`],
      '20 «1a» error bad-format: a name of letters, digits, `_`, `.` and `-` that begins with a letter is wanted here, not "1a" | write join, say',
    ],
    [
      [`after: jion, id: join, ${BOTH}`],
      '14 «jion» error unknown-id: no command has the id "jion" | did you mean "join"?',
    ],
    [
      [`after: join +2, ${BOTH}`],
      '14 «join +2» error unknown-id: no command has the id "join" | give the command that is meant an `id: join`',
    ],
    [[`after: zzz, id: join, ${BOTH}`], '14 «zzz» error unknown-id: no command has the id "zzz" | there are join'],
    [
      [`after: a +1, id: a, ${BOTH}`],
      '14 «a +1» error circular-wait: this command waits for itself | give it a `time`, or let it wait for a command that comes before',
    ],
    [
      [
        `after: c, id: a, ${BOTH}`,
        'when: { peer: bob, status: up }, within: 3, peer: bob, command: push',
        `after: +1, id: c, ${BOTH}`,
      ],
      '14 «c» error circular-wait: commands wait in a circle: this one waits for "c" (line 13), that for "push" (line 12), and that for this one | give one of them a `time`, or let one of them wait for a command that comes before',
    ],
    [
      [`when: { peer: bob, status: up, by: 3 }, within: 3, ${BOTH}`],
      '38 «by» error misplaced-key: `by` bounds no wait | write `within` beside `when`',
    ],
    [
      [`when: { peer: bob, status: up, within: 3 }, within: 3, ${BOTH}`],
      '38 «within» error misplaced-key: `within` stands beside `when`, not in it | move it there',
    ],
    [
      [`when: { peer: bob, status: up, never: true }, within: 3, ${BOTH}`],
      '38 «never» error misplaced-key: what never happens cannot be waited for | remove it, or move the expectation to `expect`',
    ],
    [
      [`when: { status: up }, within: 3, ${BOTH}`],
      '13 «{ status: up }» error missing-key: missing key "peer" in `when` | add `peer: bob`, say, or `peer: "*"` for all of them',
    ],
    [
      [`when: { peer: bbo, status: up }, within: 3, ${BOTH}`],
      '21 «bbo» error unknown-peer: unknown peer "bbo" in `when` | did you mean "bob"?',
    ],
    [
      [`when: { peer: bob, status: up, for: 5 }, within: 3, ${BOTH}`],
      '43 «5» error hopeless-wait: a status cannot hold for 5 s while it is waited for 3 s | write `within: 5` or more beside `when`',
    ],
    [
      [`time: 7, ${BOTH}`, `after: +1, ${BOTH}`, `when: { peer: bob, log: x, from: 20 }, within: 3, ${BOTH}`],
      '40 «20» error hopeless-wait: the wait is over at 11 s at the latest, and this waits for what happens from 20 s on | let `within` last longer, or `from` begin earlier',
    ],
    [
      [`when: { peer: bob, status: up, from: 2, for: 5 }, within: 3, ${BOTH}`],
      '44 «2» error hopeless-wait: the wait is over at 3 s at the latest, and this waits for what holds for 5 s from 2 s on | let `within` last longer, or `from` begin earlier',
    ],
    [
      [`when: { peer: bob, exit: 1 }, within: 0, ${BOTH}`],
      '45 «0» error hopeless-wait: an exit is a moment, and it is waited for 0 s | write `within: 10`, say',
    ],
    [
      [`when: { peer: bob, status: stopped }, within: 9, ${BOTH}`],
      '34 «stopped» warning odd-ending: bob is told to shut down only when the timeline is over, and this keeps it open | send it `shutdown` before, unless it stops by itself',
    ],
  ])('%j', async (commands, expected) => {
    expect(await faultsWith(...commands)).toEqual([expected]);
  });

  it.each([
    [[`when: { peer: bob, status: up }, within: 0, ${BOTH}`]],
    [[`when: { peer: bob, log: x, from: 0 }, within: 0, ${BOTH}`]],
    [['time: 1, peer: bob, command: shutdown', `when: { peer: bob, status: stopped }, within: 9, ${BOTH}`]],
    // Of these, the wait before may take long enough.
    [
      [
        `when: { peer: bob, status: up }, within: 30, ${BOTH}`,
        `when: { peer: bob, log: x, from: 20 }, within: 3, ${BOTH}`,
      ],
    ],
    // Ids that cannot be read may be the ones that are meant: that one fault is told.
    [[`after: x-1, ${BOTH}`, `time: 100, id: x-1, ${BOTH}`]],
  ])('are not found in %j', async (commands) => {
    expect(await faultsWith(...commands)).toEqual([]);
  });

  it('an id that cannot be read is not missed besides', async () => {
    expect(
      (await faultsWith(`time: 1, id: "a b", ${BOTH}`, `after: ab, ${BOTH}`)).map((line) => line.split(':')[0]),
    ).toEqual(['20 «"a b"» error bad-format']);
  });

  it('long circles are shortened, and each circle is told of once', async () => {
    const ring = Array.from({ length: 40 }, (_unused, index) => `after: c${(index + 1) % 40}, id: c${index}, ${BOTH}`);
    const faults = await faultsWith(...ring, `after: c3, ${BOTH}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('that for 34 more, and that for this one');
  });
});
