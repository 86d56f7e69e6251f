import { expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { HOSTS } from '../fakes/sample-spec.ts';
import { play, worldWithRedisImage } from './play.ts';

const described = (events: readonly TmEvent[]) => events.filter(({ type }) => type === 'host-described');

test('each host of a run is described once, with how far its clock is off', async () => {
  const world = worldWithRedisImage();
  const [first, second] = HOSTS;
  world.fleet.hosts.set(first!, { ...world.fleet.hosts.get(first!)!, clock: { aheadMs: -1200, uncertaintyMs: 0.5 } });
  const { events } = await play(world);
  expect(described(events)).toMatchObject([
    { host: first, engine: 'Docker in memory', clock: { aheadMs: -1200, uncertaintyMs: 0.5 } },
    { host: second, engine: 'Docker in memory' },
  ]);
  expect(described(events)[1]).not.toHaveProperty('clock');
});

test('two entries for one machine ask it once', async () => {
  const world = worldWithRedisImage();
  const [first, second] = HOSTS;
  const clock = { aheadMs: 3, uncertaintyMs: 1 };
  world.fleet.hosts.set(first!, { ...world.fleet.hosts.get(first!)!, clock });
  world.fleet.hosts.set(second!, world.fleet.hosts.get(first!)!);
  let asked = 0;
  world.interfere = ({ name, moment }) => {
    if (name === 'hosts.clock' && moment === 'before') asked += 1;
  };
  const { events } = await play(world);
  expect(described(events)).toMatchObject([{ clock }, { clock }]);
  expect(asked).toBe(1);
});

test('a host that does not answer keeps nobody waiting, and one that refuses is described without its clock', async () => {
  const world = worldWithRedisImage();
  const [silent, refusing] = HOSTS;
  world.interfere = ({ name, engine }, signal) => {
    if (name !== 'hosts.clock') return;
    if (engine === `engine-${refusing}`) throw new Error('no');
    return world.clock.sleepUntil(Number.POSITIVE_INFINITY, signal);
  };
  const { events, outcome } = await play(world);
  expect(outcome.exitCode).toBe(0);
  const order = events.flatMap((event) =>
    event.type === 'host-described' ? [event.host] : event.type === 'verdict' ? ['verdict'] : [],
  );
  expect(order).toEqual([refusing, 'verdict', silent]);
  expect(described(events).every((event) => !('clock' in event))).toBe(true);
});
