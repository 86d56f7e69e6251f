import { describe, expect, test } from 'vitest';
import { runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { imageRef, peerName } from '../../src/model/names.ts';
import { runTest } from '../../src/run/run-test.ts';
import type { RunRequest } from '../../src/run/session.ts';
import { HOSTS, sampleDesired, type SampleOptions } from '../fakes/sample-spec.ts';
import { imageOf, type SimulatedWorld, simulatedWorld } from '../fakes/simulated-world.ts';

/** A run under way in a simulated world. */
function start(world: SimulatedWorld, options: SampleOptions = {}, request: Partial<RunRequest> = {}) {
  const events: TmEvent[] = [];
  const desired = sampleDesired(options);
  const run = runTest(world.boot(), { desired, cleanup: 'after-timeline', reset: 'none', ...request }, [
    (event) => events.push(event),
  ]);
  return { run, events, of: (type: TmEvent['type']) => events.filter((event) => event.type === type) };
}

async function play(world: SimulatedWorld, options: SampleOptions = {}, request: Partial<RunRequest> = {}) {
  const started = start(world, options, request);
  const outcome = await runUntilSettled(world.clock, started.run.outcome);
  return { ...started, outcome };
}

function worldWithRedisImage(): SimulatedWorld {
  const world = simulatedWorld(HOSTS);
  const redis = imageRef('redis:7');
  world.fleet.registry.set(redis, imageOf(redis));
  return world;
}

const containersOf = (world: SimulatedWorld) =>
  [...world.fleet.hosts.values()].flatMap(({ engine }) => [...engine.containers.values()]);

describe('a run in memory', () => {
  test('passes, leaves nothing behind, and every peer was told its commands in order', async () => {
    const world = worldWithRedisImage();
    const { outcome, of } = await play(world);
    expect(outcome).toEqual({ verdict: { kind: 'passed' }, exitCode: 0, left: [] });
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
    expect([...world.diaries.values()].map(({ taken }) => taken)).toEqual([
      ['connect', 'shutdown'],
      ['connect', 'shutdown'],
      ['connect', 'shutdown'],
    ]);
    expect(of('command-taken')).toHaveLength(6);
    expect(of('peer-exited')).toHaveLength(3);
  });
});
