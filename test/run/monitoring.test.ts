import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { play, start, worldWithRedisImage } from './play.ts';

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
