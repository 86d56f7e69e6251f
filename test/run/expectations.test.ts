/** What is expected, waited for and written in no rule, in whole runs in memory. */
import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { EventBody, TmEvent } from '../../src/model/event.ts';
import type { Expectation, WaitDemand } from '../../src/model/expectation.ts';
import { peerName } from '../../src/model/names.ts';
import type { CommandSpec } from '../../src/model/spec.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { play, start, worldWithRedisImage } from './play.ts';

const [ALICE, BOB, CHARLIE] = ['alice', 'bob', 'charlie'].map(peerName) as [
  ReturnType<typeof peerName>,
  ReturnType<typeof peerName>,
  ReturnType<typeof peerName>,
];

const status = (word: string) => ({ kind: 'status', status: { kind: 'text', text: word } }) as const;
const log = (text: string) => ({ kind: 'log', log: { kind: 'text', text } }) as const;

const expected = (id: number, given: Partial<Expectation>): Expectation => {
  const peers = given.peers ?? [ALICE];
  return {
    id,
    text: `expectation ${id}`,
    line: 1,
    never: false,
    count: given.never === true ? 1 : peers.length,
    condition: status('connected'),
    window: { kind: 'timeline' },
    ...given,
    peers,
  };
};
const wait = (given: Partial<WaitDemand>): WaitDemand => ({
  text: 'a wait',
  count: 1,
  peers: [ALICE],
  condition: status('connected'),
  ...given,
});
const command = (given: Partial<CommandSpec> & { readonly command: string }): CommandSpec => ({
  atMs: 0,
  peer: ALICE,
  line: 1,
  ...given,
});

const outcomes = (events: readonly TmEvent[]) =>
  events.flatMap((event) => (event.type === 'expectation-decided' ? [`${event.expectation} ${event.outcome}`] : []));
const rules = (events: readonly TmEvent[]) =>
  Object.fromEntries(events.flatMap((event) => (event.type === 'rule-decided' ? [[event.rule, event.outcome]] : [])));
const ofType = <T extends EventBody['type']>(events: readonly TmEvent[], type: T) =>
  events.filter((event): event is TmEvent & { readonly type: T } => event.type === type);

describe('expectations', () => {
  test('all met: the run passes, and the timeline stayed open until the last window closed', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      spec: {
        expectations: [
          expected(0, { peers: [ALICE, BOB, CHARLIE], window: { kind: 'timeline', byMs: 1000 } }),
          expected(1, { forMs: 5000 }),
          expected(2, { never: true, condition: log('panic'), window: { kind: 'timeline', byMs: 20_000 } }),
          expected(3, { peers: [BOB], condition: { kind: 'exit', code: 0 } }),
        ],
      },
    });
    expect(outcome).toMatchObject({ verdict: { kind: 'passed' }, exitCode: 0 });
    expect(outcomes(events).sort()).toEqual(['0 met', '1 met', '2 met', '3 met']);
    expect(rules(events)).toEqual({ started: 'met', alive: 'met', taken: 'met', stopped: 'met' });
    expect(ofType(events, 'timeline-ended')[0]?.ms).toBe(20_000);
  });

  test('one unmet fails the run; the verdict counts, and comes after every decision', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      spec: {
        expectations: [
          expected(0, { condition: log('never said'), window: { kind: 'timeline', fromMs: 0, byMs: 500 } }),
          expected(1, {}),
        ],
      },
    });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.verdict).toEqual({ kind: 'failed', reasons: ['1 of 2 expectations unmet'] });
    const verdictAt = events.findIndex(({ type }) => type === 'verdict');
    expect(events.findLastIndex(({ type }) => type === 'expectation-decided')).toBeLessThan(verdictAt);
    const told = ofType(events, 'expectation-decided').find(({ expectation }) => expectation === 0);
    expect(told).toMatchObject({ outcome: 'unmet', window: { fromMs: 0, toMs: 500 } });
  });

  test('the timeline ends as soon as all is sent and decided: what is met keeps nobody waiting', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      commands: [[0, 'alice', 'connect']],
      spec: { expectations: [expected(0, { window: { kind: 'timeline', byMs: 60_000 } })] },
    });
    expect(outcome.exitCode).toBe(0);
    expect(ofType(events, 'timeline-ended')[0]?.ms).toBeLessThan(1000);
  });

  test('a window that only begins holds up neither the last command nor the end', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      commands: [[200, 'alice', 'connect']],
      spec: { expectations: [expected(0, { window: { kind: 'timeline', fromMs: 100 } })] },
    });
    expect(outcome.exitCode).toBe(0);
    expect(outcomes(events)).toEqual(['0 met']);
  });

  test('an interrupted run leaves what is open undecided', async () => {
    const world = worldWithRedisImage();
    const expectations = [
      expected(0, {}),
      expected(1, { condition: log('late'), window: { kind: 'timeline', byMs: 60_000 } }),
    ];
    const { run, events } = start(world, { commands: [[0, 'alice', 'connect']], spec: { expectations } });
    await runFor(world.clock, 10_000);
    run.stop('SIGINT');
    const outcome = await runUntilSettled(world.clock, run.outcome);
    expect(outcome.exitCode).toBe(130);
    expect(outcomes(events)).toEqual(['0 met', '1 undecided']);
    expect(rules(events)).toEqual({ started: 'met', alive: 'undecided', taken: 'undecided', stopped: 'met' });
    expect(ofType(events, 'expectation-decided').at(-1)?.because).toContain('interrupted');
  });

  test('a window that closes while Redis cannot be heard is undecided, and never green', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, moods: [{ afterMs: 2500, does: 'say|panic' }] });
    const expectations = [
      expected(0, { never: true, condition: log('panic'), window: { kind: 'timeline', byMs: 3000 } }),
      expected(1, { condition: log('panic'), window: { kind: 'timeline', byMs: 9000 } }),
    ];
    const { run, events } = start(world, { commands: [], spec: { expectations } });
    await runFor(world.clock, 2000);
    world.redis.loseConnections();
    await runFor(world.clock, 3000);
    world.redis.restoreConnections();
    const { verdict } = await runUntilSettled(world.clock, run.outcome);
    expect(outcomes(events)).toEqual(['0 undecided', '1 met']);
    expect(ofType(events, 'expectation-decided')[0]?.because).toBe(
      'Redis could not be heard when its window closed at 3 s',
    );
    expect(verdict).toEqual({ kind: 'failed', reasons: ['1 of 2 expectations undecided'] });
  });

  test('--fail-fast ends the timeline with the first unmet one; the rest is undecided and not sent', async () => {
    const { outcome, events } = await play(
      worldWithRedisImage(),
      {
        commands: [
          [0, 'alice', 'connect'],
          [50_000, 'alice', 'pull'],
        ],
        spec: {
          expectations: [
            expected(0, { condition: log('never said'), window: { kind: 'timeline', byMs: 500 } }),
            expected(1, { condition: log('late'), window: { kind: 'timeline', byMs: 60_000 } }),
          ],
        },
      },
      { failFast: true },
    );
    expect(outcome.exitCode).toBe(1);
    expect(outcomes(events)).toEqual(['0 unmet', '1 undecided']);
    expect(ofType(events, 'timeline-ended')[0]?.ms).toBe(500);
    expect(ofType(events, 'command-skipped')).toMatchObject([
      { index: 1, because: expect.stringContaining('--fail-fast') },
    ]);
    expect(outcome.verdict).toEqual({ kind: 'failed', reasons: ['1 of 2 expectations unmet, 1 undecided'] });
  });

  test('a death with the exit code that is expected is no failure; another one is', async () => {
    const expectations = [expected(0, { peers: [BOB], condition: { kind: 'exit', code: 3 } })];
    const crash = (exitCode: number) => ({ ...GOOD, crash: { afterMs: 5000, exitCode, oomKilled: false } });
    const world = worldWithRedisImage();
    world.tempers.set('bob', crash(3));
    const commands = [
      [0, 'bob', 'connect'],
      [9000, 'alice', 'pull'],
    ] as const;
    const wanted = await play(world, { commands, spec: { expectations } });
    expect(wanted.outcome.verdict).toEqual({ kind: 'passed' });
    expect(rules(wanted.events)).toMatchObject({ alive: 'met' });

    const other = worldWithRedisImage();
    other.tempers.set('bob', crash(4));
    const unwanted = await play(other, { commands, spec: { expectations } });
    expect(unwanted.outcome.exitCode).toBe(1);
    expect(rules(unwanted.events)).toMatchObject({ alive: 'unmet' });
    expect(outcomes(unwanted.events)).toEqual(['0 unmet']);
  });

  test('a peer that never starts leaves every expectation undecided, and the rules say which one broke', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, mute: true });
    const { outcome, events } = await play(world, { spec: { expectations: [expected(0, {})] } });
    expect(outcome.exitCode).toBe(1);
    expect(outcomes(events)).toEqual(['0 undecided']);
    expect(rules(events)).toMatchObject({ started: 'unmet', alive: 'undecided', taken: 'undecided' });
  });
});

describe('commands that wait', () => {
  test('are sent when it happens, and what comes after them so long after', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      spec: {
        commands: [
          command({ command: 'connect', atMs: 1000 }),
          command({
            command: 'push',
            atMs: 1000,
            peer: BOB,
            waits: { kind: 'when', since: 0, all: [wait({})], withinMs: 5000 },
          }),
          command({ command: 'pull', atMs: 4000, peer: CHARLIE, waits: { kind: 'after', command: 1, delayMs: 3000 } }),
        ],
      },
    });
    expect(outcome.exitCode).toBe(0);
    const sent = ofType(events, 'command-sent');
    expect(sent.map(({ command: text }) => text)).toEqual(['connect', 'push', 'pull']);
    const [connect, push, pull] = sent;
    expect(push?.sentMs).toBeGreaterThan(connect?.sentMs ?? 0);
    expect(push?.sentMs).toBeLessThan(1100);
    expect((pull?.dueMs ?? 0) - (push?.sentMs ?? 0)).toBeCloseTo(3000, 2);
    expect(ofType(events, 'command-waiting')).toMatchObject([{ index: 1, peer: 'bob', command: 'push' }]);
  });

  test('what never happens fails the run with its reason; what hangs on it is not sent, timed commands are', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      spec: {
        commands: [
          command({
            command: 'push',
            waits: { kind: 'when', all: [wait({ condition: log('never said') })], withinMs: 2000 },
          }),
          command({ command: 'pull', waits: { kind: 'after', command: 0, delayMs: 0 } }),
          command({ command: 'connect', atMs: 3000 }),
        ],
      },
    });
    expect(outcome.exitCode).toBe(1);
    expect(ofType(events, 'command-sent').map(({ command: text }) => text)).toEqual(['connect']);
    const skipped = ofType(events, 'command-skipped');
    expect(skipped.map(({ index }) => index)).toEqual([0, 1]);
    expect(skipped[1]?.because).toContain('"push" to alice');
    expect(rules(events)).toMatchObject({ taken: 'unmet' });
    expect(outcome.verdict).toMatchObject({
      kind: 'failed',
      reasons: [expect.stringContaining('"push"'), expect.any(String)],
    });
  });

  test('a command that could not be sent because Redis was lost for good is told as skipped', async () => {
    const world = worldWithRedisImage();
    const { run, events } = start(world, {
      commands: [
        [5000, 'alice', 'connect'],
        [90_000, 'bob', 'connect'],
      ],
    });
    await runFor(world.clock, 2000);
    world.redis.loseConnections();
    await runUntilSettled(world.clock, run.outcome);
    expect(ofType(events, 'command-sent')).toEqual([]);
    expect(ofType(events, 'command-skipped').map(({ index }) => index)).toEqual([0, 1]);
  });

  test('an expectation at a command that is never sent is unmet', async () => {
    const { events } = await play(worldWithRedisImage(), {
      spec: {
        commands: [
          command({
            command: 'push',
            waits: { kind: 'when', all: [wait({ condition: log('never said') })], withinMs: 100 },
          }),
        ],
        expectations: [expected(0, { window: { kind: 'command', command: 0, withinMs: 1000 } })],
      },
    });
    expect(outcomes(events)).toEqual(['0 unmet']);
  });

  test('a window at a command keeps the timeline open after the last command', async () => {
    const { outcome, events } = await play(worldWithRedisImage(), {
      commands: [[1000, 'alice', 'connect']],
      spec: {
        expectations: [
          expected(0, { peers: [ALICE], window: { kind: 'command', command: 0, withinMs: 2000 } }),
          expected(1, {
            never: true,
            condition: log('panic'),
            window: { kind: 'command', command: 0, withinMs: 7000 },
          }),
        ],
      },
    });
    expect(outcome.exitCode).toBe(0);
    const sent = ofType(events, 'command-sent')[0]?.sentMs ?? 0;
    expect(ofType(events, 'timeline-ended')[0]?.ms).toBe(Math.round(sent + 7000));
  });
});
