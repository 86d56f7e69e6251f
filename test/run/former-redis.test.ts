import { describe, expect, test } from 'vitest';
import type { Desired } from '../../src/model/desired.ts';
import { TmError } from '../../src/model/fault.ts';
import type { World } from '../../src/run/world.ts';
import { sampleDesired } from '../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { play, remembered, worldWithRedisImage } from './play.ts';

const PROCESS = { kind: 'process', port: 6379, auth: 'generated' } as const;
const asProcess = (): Desired => ({ ...sampleDesired(), redis: PROCESS });

/** A world whose test was left standing with a Redis container, beside which the servers in memory are the processes. */
async function withContainer(): Promise<{ world: SimulatedWorld; engine: Engine }> {
  const world = worldWithRedisImage();
  const { outcome } = await play(world, {}, { cleanup: 'keep' });
  expect(outcome.exitCode).toBe(0);
  expect(remembered(world)?.state?.redis.kind).toBe('container');
  world.redis.stop();
  return { world, engine: { container: true, fails: undefined } };
}

interface Engine {
  container: boolean;
  /** What the engine is asked to do when it fails. */
  fails: 'observe' | 'remove' | undefined;
}

/** The same world, and an engine with a Redis container. */
const beside =
  (engine: Engine) =>
  (tm: World): World => ({
    ...tm,
    redisServers: {
      start: (...args) => tm.redisServers.start(...args),
      observe: async (redis, ...rest) => {
        if (redis.kind === 'process') return tm.redisServers.observe(redis, ...rest);
        fail(engine, 'observe');
        return engine.container ? { kind: 'ready', instance: 'old', version: '7.0' } : { kind: 'absent' };
      },
      remove: async (redis, ...rest) => {
        const process = await tm.redisServers.remove(redis, ...rest);
        if (redis.kind === 'process') return process;
        fail(engine, 'remove');
        engine.container = false;
        return true;
      },
    },
  });

function fail(engine: Engine, what: Engine['fails']): void {
  if (engine.fails === what) throw new TmError({ kind: 'unreachable', what: 'docker', message: 'no engine answers' });
}

describe('a Redis container of a test that has a process now', () => {
  test('is removed by the next apply', async () => {
    const { world, engine } = await withContainer();
    const { outcome, events } = await play(world, {}, { desired: asProcess(), cleanup: 'keep' }, beside(engine));
    expect(outcome.exitCode).toBe(0);
    expect(engine.container).toBe(false);
    const finished = events.flatMap((event) => (event.type === 'step-finished' ? [event.step] : []));
    expect(finished.filter((step) => step.startsWith('redis:'))).toEqual([
      'redis:remove-former',
      'redis:start',
      'redis:prepare',
    ]);
    expect(world.redis.running).toBeDefined();
    expect(remembered(world)?.state?.redis).toEqual(PROCESS);
  });

  test('is remembered until that has come about, and told as left', async () => {
    const { world, engine } = await withContainer();
    engine.fails = 'remove';
    const failed = await play(world, {}, { desired: asProcess() }, beside(engine));
    expect(failed.outcome).toMatchObject({ exitCode: 4 });
    expect(failed.outcome.left).toContain('this machine: tm-redis');
    expect(remembered(world)?.state?.redis.kind).toBe('container');
    engine.fails = undefined;
    const { outcome } = await play(world, {}, { desired: asProcess() }, beside(engine));
    expect(outcome).toMatchObject({ exitCode: 0, left: [] });
    expect(engine.container).toBe(false);
    expect(remembered(world)?.state?.redis).toEqual(PROCESS);
  });

  test('is forgotten where it is gone', async () => {
    const { world, engine } = await withContainer();
    engine.container = false;
    const { outcome, events } = await play(world, {}, { desired: asProcess() }, beside(engine));
    expect(outcome.exitCode).toBe(0);
    expect(JSON.stringify(events)).not.toContain('remove-former');
    expect(remembered(world)?.state?.redis).toEqual(PROCESS);
  });

  test('stops nothing where no engine answers: it is a warning of the plan, and stays remembered', async () => {
    const { world, engine } = await withContainer();
    engine.fails = 'observe';
    const { outcome, of } = await play(world, {}, { desired: asProcess() }, beside(engine));
    expect(outcome.exitCode).toBe(0);
    expect(of('planned')[0]).toMatchObject({
      plan: { warnings: ['whether the earlier tm-redis still stands cannot be told: no engine answers'] },
    });
    expect(remembered(world)?.state?.redis.kind).toBe('container');
  });
});
