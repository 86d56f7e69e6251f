import { describe, expect, test, vi } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { Secret } from '../../src/lib/secret.ts';
import { TmError } from '../../src/model/fault.ts';
import type { World } from '../../src/run/world.ts';
import { sampleDesired } from '../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { containersOf, play, remembered, start, worldWithRedisImage } from './play.ts';

/** A tm whose disk refuses one kind of write from some moment on. */
const withFullDisk =
  (world: SimulatedWorld, refused: 'journal' | 'writeState', since: () => boolean) =>
  (tm: World): World => ({
    ...tm,
    stores: createMemoryStores(world.disk, {
      interfere: ({ name, moment }) => {
        if (name === refused && moment === 'before' && since())
          throw new TmError({ kind: 'failed', message: `no space for ${name}` });
      },
    }),
  });

/** Goes on to where the verdict is told and the teardown has begun. */
async function toTheTeardown(world: SimulatedWorld, { events }: ReturnType<typeof start>): Promise<void> {
  // The first thing that a teardown does takes a while, so that one can come in between.
  world.interfere = ({ name }) =>
    name === 'containers.output' ? world.clock.sleepUntil(world.clock.now() + 50) : undefined;
  while (!events.some((event) => event.type === 'phase' && event.phase === 'tearingDown')) await runFor(world.clock, 1);
}

describe('whatever fails, a run cleans up and gives everything back', () => {
  test('a journal that cannot be written makes the run red and keeps nothing standing', async () => {
    const world = worldWithRedisImage();
    const full = withFullDisk(world, 'journal', () => world.clock.now() > 5000);
    const { outcome, of } = await play(world, { commands: [[10_000, 'alice', 'connect']] }, {}, full);
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: { kind: 'errored', faults: [{ message: 'no space for journal' }] },
      left: [],
    });
    expect(containersOf(world)).toEqual([]);
    expect(remembered(world)?.lock).toBeUndefined();
    expect(of('run-ended')).toHaveLength(1);
  });

  test('a journal that cannot be written ends the run with its next line, not at the end of the timeline', async () => {
    const world = worldWithRedisImage();
    const full = withFullDisk(world, 'journal', () => world.clock.now() > 5000);
    const commands = [
      [10_000, 'alice', 'connect'],
      [3_600_000, 'alice', 'pull'],
    ] as const;
    const { outcome, of } = await play(world, { commands }, {}, full);
    expect(outcome.verdict).toMatchObject({ kind: 'errored', faults: [{ message: 'no space for journal' }] });
    expect(of('command-skipped')).toMatchObject([{ index: 1 }]);
    expect(of('stop-requested')).toEqual([]);
    const ended = of('timeline-ended')[0];
    expect(ended?.type === 'timeline-ended' && ended.ms).toBeLessThan(20_000);
    expect(containersOf(world)).toEqual([]);
  });

  test('a journal that fails behind the verdict shows in the exit code', async () => {
    const world = worldWithRedisImage();
    let full = false;
    const started = start(
      world,
      {},
      {},
      withFullDisk(world, 'journal', () => full),
    );
    await toTheTeardown(world, started);
    full = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome).toMatchObject({ exitCode: 1, verdict: { kind: 'passed' }, left: [] });
  });

  test('a signal behind the verdict makes another, and the last one is what the exit code says', async () => {
    const world = worldWithRedisImage();
    const started = start(world);
    await toTheTeardown(world, started);
    started.run.stop('SIGINT');
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    const interrupted = { kind: 'interrupted', by: 'SIGINT', reasons: [] };
    expect(outcome).toMatchObject({ exitCode: 130, verdict: interrupted, left: [] });
    expect(started.of('verdict')).toMatchObject([{ verdict: { kind: 'passed' } }, { verdict: interrupted }]);
    expect(started.events.at(-1)).toMatchObject({ type: 'run-ended', exitCode: 130 });
  });

  test('a state that cannot be written at the end keeps no lock', async () => {
    const world = worldWithRedisImage();
    let full = false;
    const started = start(
      world,
      {},
      {},
      withFullDisk(world, 'writeState', () => full),
    );
    await toTheTeardown(world, started);
    full = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(1);
    expect(remembered(world)?.lock).toBeUndefined();
    expect(started.of('run-ended')).toHaveLength(1);
  });

  test('an engine here that is gone keeps nothing standing on the hosts', async () => {
    const world = worldWithRedisImage();
    let gone = false;
    const check = () => {
      if (gone) throw new TmError({ kind: 'unreachable', what: 'docker', message: 'no engine answers here' });
    };
    const started = start(world, {}, {}, (tm) => ({
      ...tm,
      redisServers: {
        ...tm.redisServers,
        observe: async (...args) => {
          check();
          return tm.redisServers.observe(...args);
        },
        remove: async (...args) => {
          check();
          return tm.redisServers.remove(...args);
        },
      },
    }));
    await toTheTeardown(world, started);
    gone = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(containersOf(world)).toEqual([]);
    expect(outcome).toMatchObject({
      exitCode: 4,
      left: ['this machine: whether tm-redis is there cannot be told'],
    });
    expect(remembered(world)?.lock).toBeUndefined();
    expect(started.of('run-ended')).toHaveLength(1);
  });

  test('a connection to Redis is closed when its first question is refused', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    let open = 0;
    const { outcome } = await play(world, {}, {}, (tm) => ({
      ...tm,
      buses: {
        connect: async (...args) => {
          const bus = await tm.buses.connect(...args);
          const dispose = bus[Symbol.asyncDispose].bind(bus);
          open += 1;
          return Object.assign(bus, {
            usedRuns: () => Promise.reject(new TmError({ kind: 'failed', message: 'refused' })),
            [Symbol.asyncDispose]: () => {
              open -= 1;
              return dispose();
            },
          });
        },
      },
    }));
    expect(outcome.exitCode).toBe(1);
    expect(open).toBe(0);
  });

  test('a host that answers after Redis turned out to be locked is let go', async () => {
    const world = worldWithRedisImage();
    world.redis.start({ port: 6379 });
    world.redis.takeLock({ test: 'other', run: 'other', pid: 1, machine: 'elsewhere', user: 'root', since: '' });
    world.interfere = ({ name }) =>
      name === 'hosts.connect' ? world.clock.sleepUntil(world.clock.now() + 500) : undefined;
    let open = 0;
    const request = {
      externalRedis: new Secret('redis://127.0.0.1:6379'),
      desired: { ...sampleDesired(), redis: { kind: 'external', display: 'redis://127.0.0.1:6379/' } as const },
    };
    const { outcome } = await play(world, {}, request, (tm) => ({
      ...tm,
      hosts: {
        ...tm.hosts,
        connect: async (...args) => {
          const host = await tm.hosts.connect(...args);
          open += 1;
          const dispose = async () => {
            open -= 1;
          };
          return { ...host, [Symbol.asyncDispose]: dispose };
        },
      },
    }));
    expect(outcome.exitCode).toBe(5);
    await runFor(world.clock, 1000);
    expect(open).toBe(0);
  });

  test('a readable log that cannot be finished keeps no lock', async () => {
    const world = worldWithRedisImage();
    const runLog = () => ({ event: () => undefined, close: () => Promise.reject(new Error('no space')) });
    const { outcome } = await play(world, {}, { runLog });
    expect(outcome.exitCode).toBe(0);
    expect(remembered(world)?.lock).toBeUndefined();
  });

  test('a signal after the end is met with silence', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const { run } = await play(worldWithRedisImage());
    run.stop('SIGINT');
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });
});
