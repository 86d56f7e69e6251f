import { expect, test } from 'vitest';
import { runFor } from '../../src/drivers/memory/clock-drive.ts';
import { peerName } from '../../src/model/names.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { play, start, worldWithRedisImage } from './play.ts';

test('peers that were told to shut down before the timeline are not gone on with after a crash', async () => {
  const world = worldWithRedisImage();
  const sample = { peers: ['alice', 'bob'], commands: [[15_000, 'bob', 'connect']] as const };
  // The start is stopped while alice is not ready; bob is busy, and takes the shutdown only in the next run.
  world.tempers.set('alice', { ...GOOD, startMs: 30_000 });
  world.tempers.set('bob', { ...GOOD, workMs: 20_000 });
  const started = start(world, sample);
  await runFor(world.clock, 5000);
  world.redis.pushCommand(peerName('bob'), 'work');
  await runFor(world.clock, 1000);
  started.run.stop('SIGINT');
  await runFor(world.clock, 1000);
  world.kill();
  world.tempers.clear();
  await runFor(world.clock, 24_000);
  const { outcome } = await play(world, sample);
  expect(outcome).toMatchObject({ exitCode: 0, verdict: { kind: 'passed' } });
});

test('a tm that is killed as its timeline begins leaves a run that nobody goes on with', async () => {
  const world = worldWithRedisImage();
  const killed = start(world, {}, { cleanup: 'keep' }, (tm) => ({
    ...tm,
    buses: {
      connect: async (...args) => {
        const bus = await tm.buses.connect(...args);
        const markUsed = bus.markUsed.bind(bus);
        return Object.assign(bus, {
          markUsed: async (...note: Parameters<typeof markUsed>) => {
            await markUsed(...note);
            world.kill();
            await new Promise(() => undefined);
          },
        });
      },
    },
  }));
  await runFor(world.clock, 10_000);
  expect(killed.of('timeline-started')).toEqual([]);
  const next = await play(world, {}, { cleanup: 'keep' });
  expect(next.of('run-started')).toMatchObject([{ resumed: false }]);
});
