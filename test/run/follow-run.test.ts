import { expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { Secret } from '../../src/lib/secret.ts';
import { testName } from '../../src/model/names.ts';
import { followRun } from '../../src/run/follow-run.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { play, remembered, start, worldWithRedisImage } from './play.ts';

/** The types of all events that a watcher is told. */
async function watch(world: SimulatedWorld): Promise<readonly string[]> {
  const url = new Secret(remembered(world)?.state?.redisUrl ?? '');
  const types: string[] = [];
  for await (const line of followRun(world.boot(), testName('sample'), url, new AbortController().signal))
    types.push((JSON.parse(line) as { type: string }).type);
  return types;
}

/** A world in which an apply has failed before its timeline and left what it made. */
async function worldAfterFailure(): Promise<SimulatedWorld> {
  const world = worldWithRedisImage();
  world.tempers.set('charlie', { ...GOOD, mute: true });
  expect((await play(world)).outcome.exitCode).toBe(1);
  world.tempers.clear();
  return world;
}

test('a watcher of a run that goes on with an earlier attempt sees both, to the end of the later', async () => {
  const world = await worldAfterFailure();
  const started = start(world, { commands: [[20_000, 'alice', 'connect']] });
  await runFor(world.clock, 3000);
  const [, types] = await runUntilSettled(world.clock, Promise.all([started.run.outcome, watch(world)]));
  expect(types.filter((type) => type === 'run-started')).toHaveLength(2);
  expect(types).toContain('timeline-ended');
});

test('a watcher of a run that has ended and left its Redis is told its history, and ends', async () => {
  const world = await worldAfterFailure();
  const before = world.clock.now();
  const types = await runUntilSettled(world.clock, watch(world));
  expect(types.at(-1)).toBe('run-ended');
  expect(world.clock.now() - before).toBeLessThan(1000);
});

test('a watcher of a run whose tm was killed is told so, a few seconds later', async () => {
  const world = worldWithRedisImage();
  start(world, { commands: [[20_000, 'alice', 'connect']] });
  await runFor(world.clock, 5000);
  world.kill();
  const before = world.clock.now();
  await expect(runUntilSettled(world.clock, watch(world))).rejects.toMatchObject({
    fault: { kind: 'failed', message: expect.stringMatching(/^the tm that ran sample-.* is gone/) },
  });
  expect(world.clock.now() - before).toBeLessThan(20_000);
});
