import { describe, expect, test } from 'vitest';
import { runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { Secret } from '../../src/lib/secret.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import { desiredOfState, destroyTest, withRemembered } from '../../src/run/destroy.ts';
import { HOSTS, sampleDesired } from '../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { containersOf, play, remembered, worldWithRedisImage } from './play.ts';

const URL = 'redis://127.0.0.1:6379/';
const externalDesired = (): Desired => ({ ...sampleDesired(), redis: { kind: 'external', display: URL } });

const destroy = (world: SimulatedWorld, desired: Desired, externalRedis?: Secret) =>
  runUntilSettled(
    world.clock,
    destroyTest(world.boot(), { desired, images: false, ...(externalRedis && { externalRedis }) }, []),
  );

describe('a destroy', () => {
  test('cleans the hosts although the external Redis is gone, and says that it is', async () => {
    const world = worldWithRedisImage();
    world.redis.start({ port: 6379 });
    const externalRedis = new Secret(URL);
    const first = await play(world, {}, { externalRedis, desired: externalDesired(), cleanup: 'keep' });
    expect(first.outcome.exitCode).toBe(0);
    world.redis.stop();
    expect(await destroy(world, externalDesired(), externalRedis)).toMatchObject({
      exitCode: 4,
      left: [],
      faults: [{ kind: 'unreachable', what: 'redis' }],
    });
    expect(containersOf(world)).toEqual([]);
    expect(remembered(world)?.state, 'there are still keys to delete').toBeDefined();
  });

  test('of a test with its own Redis needs no other one, whatever URL is given', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const desired = desiredOfState(remembered(world)!.state!);
    const outcome = await destroy(world, desired, new Secret('redis://:wrong@elsewhere:1'));
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
  });

  test('removes the Redis that the last run made, although an external one is given now', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const desired = withRemembered(externalDesired(), remembered(world)!.state);
    expect(await destroy(world, desired, new Secret(URL))).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(world.redis.running).toBeUndefined();
  });

  test('goes by the labels where what is remembered cannot be used, and says so', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const events: TmEvent[] = [];
    const stores = createMemoryStores(world.disk, {
      interfere: ({ name }) => {
        if (name === 'readState') throw new TmError({ kind: 'failed', message: 'it is not whole JSON', hint: 'try' });
      },
    });
    const destroyed = destroyTest({ ...world.boot(), stores }, { desired: sampleDesired(), images: false }, [
      (event) => events.push(event),
    ]);
    expect(await runUntilSettled(world.clock, destroyed)).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', message: 'it is not whole JSON', hint: 'try' }),
    );
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
    expect(remembered(world)?.state).toBeUndefined();
  });

  test('looks on a host that the config has dropped, after an apply without it', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    await play(world, { hosts: [HOSTS[0]!] }, { cleanup: 'keep' });
    expect([...world.fleet.hosts.get(HOSTS[1]!)!.engine.containers.values()]).toHaveLength(1);
    const outcome = await destroy(world, desiredOfState(remembered(world)!.state!));
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(containersOf(world)).toEqual([]);
  });

  test('looks on the machine that a host entry meant before, and asks nobody twice', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const state = remembered(world)!.state!;
    const desired = sampleDesired();
    expect(withRemembered(desired, state)).toEqual(desired);
    const [first, ...others] = desired.spec.hosts;
    const moved = { ...desired, spec: { ...desired.spec, hosts: [{ ...first!, address: 'new.test' }, ...others] } };
    expect(withRemembered(moved, state).spec.hosts.map(({ name, address }) => `${name} at ${address}`)).toEqual([
      'h1 at new.test',
      'h2 at h2.test',
      'h1 (h1.test) at h1.test',
    ]);
  });
});
