import { runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { imageRef, testName } from '../../src/model/names.ts';
import type { RunRequest } from '../../src/run/request.ts';
import { runTest } from '../../src/run/run-test.ts';
import type { World } from '../../src/run/world.ts';
import { HOSTS, type SampleOptions, sampleDesired } from '../fakes/sample-spec.ts';
import { imageOf, type SimulatedWorld, simulatedWorld } from '../fakes/simulated-world.ts';

const asItIs = (world: World): World => world;

/** A run under way in a simulated world; `adjust` puts something in the way of its tm. */
export function start(
  world: SimulatedWorld,
  options: SampleOptions = {},
  request: Partial<RunRequest> = {},
  adjust: (world: World) => World = asItIs,
) {
  const events: TmEvent[] = [];
  const desired = sampleDesired(options);
  const run = runTest(adjust(world.boot()), { desired, cleanup: 'after-timeline', reset: 'none', ...request }, [
    (event) => events.push(event),
  ]);
  return { run, events, of: (type: TmEvent['type']) => events.filter((event) => event.type === type) };
}

/** A whole run. */
export async function play(...given: Parameters<typeof start>) {
  const started = start(...given);
  const outcome = await runUntilSettled(given[0].clock, started.run.outcome);
  return { ...started, outcome };
}

/** The sample's world, whose registry has the image of its Redis. */
export function worldWithRedisImage(): SimulatedWorld {
  const world = simulatedWorld(HOSTS);
  const redis = imageRef('redis:7');
  world.fleet.registry.set(redis, imageOf(redis));
  return world;
}

/** All that stands on the hosts. */
export const containersOf = (world: SimulatedWorld) =>
  [...world.fleet.hosts.values()].flatMap(({ engine }) => [...engine.containers.values()]);

/** What the disk remembers of the sample. */
export const remembered = (world: SimulatedWorld) => world.disk.tests.get(testName('sample'));
