import { expect, test } from 'vitest';
import { runFor } from '../../src/drivers/memory/clock-drive.ts';
import { planTest } from '../../src/run/plan-test.ts';
import { sampleDesired } from '../fakes/sample-spec.ts';
import { worldWithRedisImage } from './play.ts';

test('a dry run that is stopped while it asks gives no answer', async () => {
  const world = worldWithRedisImage();
  world.interfere = async ({ name }, signal) => {
    if (name === 'hosts.connect') await world.clock.sleepUntil(world.clock.now() + 5000, signal);
  };
  const stop = new AbortController();
  const answer = planTest(world.boot(), { desired: sampleDesired() }, stop.signal);
  const ended = expect(answer).rejects.toThrow('aborted');
  await runFor(world.clock, 1000);
  stop.abort();
  await ended;
});
