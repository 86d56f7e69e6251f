import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import { peerName } from '../../src/model/names.ts';
import type { Listening } from '../../src/ports/bus.ts';
import type { World } from '../../src/run/world.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { play, start, worldWithRedisImage } from './play.ts';

const ALICE = peerName('alice');

const expected = (given: Partial<Expectation> & Pick<Expectation, 'condition'>): Expectation => ({
  id: 0,
  text: 'an expectation',
  line: 1,
  never: false,
  count: 1,
  peers: [ALICE],
  window: { kind: 'timeline' },
  ...given,
});

/** A tm that listens with another drain. */
const withDrain =
  (drain: (inner: Listening, signal: AbortSignal) => Promise<void>) =>
  (tm: World): World => ({
    ...tm,
    buses: {
      connect: async (...args) => {
        const bus = await tm.buses.connect(...args);
        const listen = bus.listen.bind(bus);
        return Object.assign(bus, {
          listen: async (...given: Parameters<typeof listen>): Promise<Listening> => {
            const inner = await listen(...given);
            return {
              precision: inner.precision,
              drain: (signal) => drain(inner, signal),
              [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
            };
          },
        });
      },
    },
  });

describe('a peer that is to be started again', () => {
  test('holds nobody up when Redis goes for good meanwhile', async () => {
    const world = worldWithRedisImage();
    const commands = [
      [0, 'alice', 'restart|36000'],
      [600_000, 'bob', 'connect'],
    ] as const;
    const started = start(world, { commands });
    await runFor(world.clock, 15_000);
    world.redis.stop();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(4);
    expect(world.clock.now()).toBeLessThan(300_000);
  });

  test('holds nobody up when the startup fails meanwhile', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, mute: true });
    world.tempers.set('alice', { ...GOOD, crash: { afterMs: 500, exitCode: 42, oomKilled: false } });
    const { hooks } = world.fleet;
    world.fleet.hooks = {
      ...hooks,
      onStart: (process) => {
        process.setRestartDelay(36_000);
        hooks.onStart?.(process);
      },
    };
    const { outcome } = await play(world);
    expect(outcome.exitCode).toBe(1);
    expect(world.clock.now()).toBeLessThan(300_000);
  });

  test('and dies before the engine has answered is dead', async () => {
    const world = worldWithRedisImage();
    world.interfere = ({ name, moment }) => {
      if (name !== 'containers.restart') return undefined;
      if (moment === 'after') return world.clock.sleepUntil(world.clock.now() + 100);
      world.tempers.set('alice', { ...GOOD, crash: { afterMs: 10, exitCode: 3, oomKilled: false } });
      return undefined;
    };
    const commands = [
      [0, 'alice', 'restart|0'],
      [10_000, 'alice', 'connect'],
    ] as const;
    const { of } = await play(world, { peers: ['alice'], commands });
    expect(of('peer-died')).toMatchObject([{ peer: 'alice', exitCode: 3 }]);
  });
});

test('a command that a peer stopped without taking fails the test, as one that could not be sent does', async () => {
  const world = worldWithRedisImage();
  const commands = [
    [0, 'alice', 'shutdown'],
    [0, 'alice', 'push|x'],
  ] as const;
  const { outcome } = await play(world, { peers: ['alice'], commands });
  expect(outcome).toMatchObject({
    exitCode: 1,
    verdict: { kind: 'failed', reasons: ['alice stopped without taking "push|x"'] },
  });
});

describe('a peer that ends while the connection to Redis is away', () => {
  test('has not died when it turns out to have reported `stopped`', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, workMs: 500 });
    const started = start(world, { peers: ['alice'], commands: [[10_000, 'alice', 'shutdown']] });
    while (started.of('command-taken').length === 0) await runFor(world.clock, 1);
    await runFor(world.clock, 100);
    world.redis.loseConnections();
    await runFor(world.clock, 5000);
    world.redis.restoreConnections();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome).toMatchObject({ exitCode: 0, verdict: { kind: 'passed' } });
  });

  test('has died when Redis does not come back to tell otherwise', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, crash: { afterMs: 10_000, exitCode: 1, oomKilled: false } });
    const started = start(world, { peers: ['alice'], commands: [[100_000, 'alice', 'connect']] });
    await runFor(world.clock, 5000);
    world.redis.loseConnections();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(4);
    expect(started.of('peer-died')).toHaveLength(1);
  });
});

describe('what peers wrote and tm did not hear', () => {
  const never = expected({ never: true, condition: { kind: 'log', log: { kind: 'text', text: 'panic' } } });

  test.each<[string, (inner: Listening, signal: AbortSignal) => Promise<void>]>([
    ['never ends', () => new Promise(() => {})],
    ['is refused', () => Promise.reject(new Error('OOM command not allowed'))],
  ])('is no proof that they did not write it: the drain %s', async (_how, drain) => {
    const world = worldWithRedisImage();
    const { outcome, of } = await play(world, { spec: { expectations: [never] } }, {}, withDrain(drain));
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: {
        kind: 'failed',
        reasons: ['1 of 1 expectation undecided', 'tm did not hear all that the peers wrote'],
      },
    });
    expect(of('expectation-decided')).toMatchObject([
      { outcome: 'undecided', because: 'tm did not hear all that the peers wrote before the peers had stopped' },
    ]);
    expect(of('warning')).toMatchObject([{ message: expect.stringContaining('tm did not hear all') }]);
    expect(world.clock.now()).toBeLessThan(120_000);
  });

  test('fails also a test that expects nothing', async () => {
    const { outcome } = await play(
      worldWithRedisImage(),
      {},
      {},
      withDrain(() => new Promise(() => {})),
    );
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: { kind: 'failed', reasons: ['tm did not hear all that the peers wrote'] },
    });
  });

  test('is waited for while lines still come', async () => {
    const world = worldWithRedisImage();
    let flood: Promise<void> | undefined;
    const slow = async (inner: Listening, signal: AbortSignal): Promise<void> => {
      flood ??= (async () => {
        for (let second = 0; second < 30; second++) {
          await world.clock.sleepUntil(world.clock.now() + 1000);
          world.redis.pushLog(ALICE, second === 29 ? 'error|panic' : 'info|busy');
        }
      })();
      await flood;
      await inner.drain(signal);
    };
    const { outcome, of } = await play(world, { spec: { expectations: [never] } }, {}, withDrain(slow));
    expect(of('warning')).toEqual([]);
    expect(of('expectation-decided')).toMatchObject([{ outcome: 'unmet' }]);
    expect(outcome.verdict).toEqual({ kind: 'failed', reasons: ['1 of 1 expectation unmet'] });
  });
});

describe('what cannot be judged ends the run', () => {
  // V8 gives up on it, on a text of this length, with a RangeError.
  const regex = { kind: 'regex', source: '^(?:(a)|b)*$', flags: 'u' } as const;
  const TOO_LONG = 'a'.repeat(1 << 23);

  test.each([
    ['a log line', 'say', { kind: 'log', log: regex }],
    ['a status', 'report', { kind: 'status', status: regex }],
  ] as const)('%s', async (_what, verb, condition) => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, moods: [{ afterMs: 5000, does: `${verb}|${TOO_LONG}` }] });
    const { outcome, of } = await play(world, {
      commands: [[3_600_000, 'bob', 'connect']],
      spec: { expectations: [expected({ never: true, condition })] },
    });
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: {
        kind: 'errored',
        faults: [{ message: 'what alice reported could not be judged: Maximum call stack size exceeded' }],
      },
      left: [],
    });
    expect(of('expectation-decided')).toMatchObject([{ outcome: 'undecided' }]);
    expect(world.clock.now()).toBeLessThan(120_000);
  });

  test('also with the last thing that was written', async () => {
    const world = worldWithRedisImage();
    const late = async (inner: Listening, signal: AbortSignal): Promise<void> => {
      world.redis.pushLog(ALICE, `info|${TOO_LONG}`);
      await inner.drain(signal);
    };
    const { outcome } = await play(
      world,
      { spec: { expectations: [expected({ never: true, condition: { kind: 'log', log: regex } })] } },
      {},
      withDrain(late),
    );
    expect(outcome).toMatchObject({ exitCode: 1, verdict: { kind: 'errored', faults: [{ kind: 'failed' }] } });
  });
});

describe('an end behind `stopped`', () => {
  const world = (exitCode: number) => {
    const simulated = worldWithRedisImage();
    const moods = [
      { afterMs: 5000, does: 'report|stopped' },
      { afterMs: 5000, does: `exit|${exitCode}` },
    ];
    simulated.tempers.set('alice', { ...GOOD, moods });
    return simulated;
  };
  const given = { peers: ['alice', 'bob'], commands: [[10_000, 'bob', 'connect']] } as const;

  test('with another exit code than 0 is a death', async () => {
    const { outcome, of } = await play(world(3), given);
    expect(of('peer-died')).toMatchObject([{ peer: 'alice', exitCode: 3 }]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: { kind: 'failed', reasons: ['alice died: exited with 3, though it had reported stopped'] },
    });
  });

  test('with 0 is an end', async () => {
    const { outcome, of } = await play(world(0), given);
    expect(of('peer-exited')).toMatchObject([{ peer: 'alice', exitCode: 0 }, { peer: 'bob' }]);
    expect(outcome.verdict).toEqual({ kind: 'passed' });
  });

  test('with the exit code that is expected passes', async () => {
    const expectations = [expected({ condition: { kind: 'exit', code: 3 } })];
    const { outcome } = await play(world(3), { ...given, spec: { expectations } });
    expect(outcome).toMatchObject({ exitCode: 0, verdict: { kind: 'passed' } });
  });
});

test('a command that a peer did not take before it died as expected fails the test', async () => {
  const world = worldWithRedisImage();
  const commands = [
    [0, 'alice', 'exit|3'],
    [0, 'alice', 'push|x'],
  ] as const;
  const expectations = [expected({ condition: { kind: 'exit', code: 3 } })];
  const { outcome, of } = await play(world, { peers: ['alice'], commands, spec: { expectations } });
  expect(of('expectation-decided')).toMatchObject([{ outcome: 'met' }]);
  expect(outcome).toMatchObject({
    exitCode: 1,
    verdict: { kind: 'failed', reasons: ['alice died without taking "push|x"'] },
  });
});
