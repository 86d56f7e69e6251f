import { describe, expect, test, vi } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { Secret } from '../../src/lib/secret.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Stores } from '../../src/ports/store.ts';
import { desiredOfState, destroyTest, withRememberedHosts } from '../../src/run/destroy.ts';
import { followRun } from '../../src/run/follow-run.ts';
import type { RunRequest } from '../../src/run/request.ts';
import { runTest } from '../../src/run/run-test.ts';
import type { World } from '../../src/run/world.ts';
import { HOSTS, type SampleOptions, sampleDesired } from '../fakes/sample-spec.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { imageOf, type SimulatedWorld, simulatedWorld } from '../fakes/simulated-world.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';

function start(world: SimulatedWorld, options: SampleOptions = {}, request: Partial<RunRequest> = {}, adjust: (world: World) => World = (one) => one) {
  const events: TmEvent[] = [];
  const desired = sampleDesired(options);
  const run = runTest(adjust(world.boot()), { desired, cleanup: 'after-timeline', reset: 'none', ...request }, [
    (event) => events.push(event),
  ]);
  return { run, events, of: (type: TmEvent['type']) => events.filter((event) => event.type === type) };
}
async function play(...args: Parameters<typeof start>) {
  const started = start(...args);
  const outcome = await runUntilSettled(args[0].clock, started.run.outcome);
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
const lockOf = (world: SimulatedWorld) => world.disk.tests.get(testName('sample'))?.lock;
const failing = (world: SimulatedWorld, name: string, when: () => boolean) => (one: World): World => ({
  ...one,
  stores: createMemoryStores(world.disk, {
    interfere: (operation) => {
      if (operation.name === name && operation.moment === 'before' && when())
        throw new TmError({ kind: 'failed', message: `disk full: ${name}` });
    },
  }) as Stores,
});

describe('review', () => {
  test('1 journal that cannot be written: torn down, lock free, exit 1', async () => {
    const world = worldWithRedisImage();
    const { outcome, of } = await play(world, { commands: [[10_000, 'alice', 'connect']] }, {}, failing(world, 'journal', () => world.clock.now() > 5000));
    expect(containersOf(world)).toEqual([]);
    expect(lockOf(world)).toBeUndefined();
    expect(of('run-ended')).toHaveLength(1);
    expect(outcome).toMatchObject({ exitCode: 1, verdict: { kind: 'errored', faults: [{ message: 'disk full: journal' }] }, left: [] });
  });
  test('1b journal fails only during teardown: not green', async () => {
    const world = worldWithRedisImage();
    let late = false;
    const started = start(world, {}, {}, failing(world, 'journal', () => late));
    while (!started.events.some((e) => e.type === 'phase' && e.phase === 'tearingDown')) await runFor(world.clock, 1);
    late = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(1);
    expect(lockOf(world)).toBeUndefined();
  });
  test('2 state cannot be written at the end', async () => {
    const world = worldWithRedisImage();
    let late = false;
    const started = start(world, {}, {}, failing(world, 'writeState', () => late));
    while (!started.events.some((e) => e.type === 'phase' && e.phase === 'tearingDown')) await runFor(world.clock, 1);
    late = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(lockOf(world)).toBeUndefined();
    expect(started.of('run-ended')).toHaveLength(1);
    expect(outcome.exitCode).toBe(1);
  });
  test('3 Redis gone while a peer waits for a long restart', async () => {
    const world = worldWithRedisImage();
    const started = start(world, { commands: [[0, 'alice', 'restart|36000'], [600_000, 'bob', 'connect']] });
    await runFor(world.clock, 15_000);
    world.redis.stop();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(4);
    expect(world.clock.now()).toBeLessThan(300_000);
  });
  test('3b startup fails while a peer waits for a long restart', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, mute: true });
    world.tempers.set('alice', { ...GOOD, startMs: 1000, crash: { afterMs: 500, exitCode: 42, oomKilled: false } });
    const hook = world.fleet.hooks.onStart!;
    (world.fleet as { hooks: typeof world.fleet.hooks }).hooks = { ...world.fleet.hooks, onStart: (process) => { process.setRestartDelay(36_000); hook(process); } };
    const { outcome } = await play(world);
    expect(outcome.exitCode).toBe(1);
    expect(world.clock.now()).toBeLessThan(300_000);
  });
  test('4 a restarted container that dies before the answer to the restart', async () => {
    const world = worldWithRedisImage();
    world.interfere = ({ name, moment }) => {
      if (name === 'containers.restart') {
        if (moment === 'before') world.tempers.set('alice', { ...GOOD, crash: { afterMs: 10, exitCode: 3, oomKilled: false } });
        if (moment === 'after') return world.clock.sleepUntil(world.clock.now() + 100);
      }
      return undefined;
    };
    const { of } = await play(world, { peers: ['alice'], commands: [[0, 'alice', 'restart|0'], [10_000, 'alice', 'connect']] });
    expect(of('peer-died')).toMatchObject([{ peer: 'alice', exitCode: 3 }]);
  });
  test('5 bus that fails right after the connect is closed', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    let open = 0;
    await play(world, {}, {}, (one) => ({
      ...one,
      buses: {
        connect: async (url, signal) => {
          const bus = await one.buses.connect(url, signal);
          open += 1;
          const dispose = bus[Symbol.asyncDispose].bind(bus);
          bus[Symbol.asyncDispose] = async () => { open -= 1; await dispose(); };
          bus.usedRuns = async () => { throw new TmError({ kind: 'failed', message: 'refused' }); };
          return bus;
        },
      },
    }));
    expect(open).toBe(0);
  });
  test('6 a host that answers after Redis turned out to be locked is let go', async () => {
    const world = worldWithRedisImage();
    world.redis.start({ port: 6379 } as never);
    world.redis.takeLock({ test: 'x', run: 'x', pid: 1, machine: 'elsewhere', user: 'u', since: '' });
    world.interfere = ({ name }) => (name === 'hosts.connect' ? world.clock.sleepUntil(world.clock.now() + 500) : undefined);
    let open = 0;
    const external = new Secret('redis://127.0.0.1:6379');
    const base = sampleDesired();
    const { outcome } = await play(world, {}, { externalRedis: external, desired: { ...base, redis: { kind: 'external', display: 'x' } } }, (one) => ({
      ...one,
      hosts: {
        ...one.hosts,
        connect: async (spec, signal) => {
          const host = await one.hosts.connect(spec, signal);
          open += 1;
          return { ...host, [Symbol.asyncDispose]: async () => { open -= 1; } };
        },
      },
    }));
    expect(outcome.exitCode).toBe(5);
    await runFor(world.clock, 5000);
    expect(open).toBe(0);
  });
  test('7 destroy with an external Redis that is gone', async () => {
    const world = worldWithRedisImage();
    world.redis.start({ port: 6379 } as never);
    const externalRedis = new Secret('redis://127.0.0.1:6379');
    const desired = { ...sampleDesired(), redis: { kind: 'external', display: 'redis://127.0.0.1:6379' } as const };
    const first = await play(world, {}, { externalRedis, desired, cleanup: 'keep' });
    expect(first.outcome.exitCode).toBe(0);
    world.redis.stop();
    const outcome = await runUntilSettled(world.clock, destroyTest(world.boot(), { desired, externalRedis, images: false }, []));
    expect(containersOf(world)).toEqual([]);
    expect(outcome).toMatchObject({ exitCode: 4, left: [] });
  });
  test('7b destroy of a managed test, with another Redis in TM_REDIS_URL', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const state = world.disk.tests.get(testName('sample'))!.state!;
    const outcome = await runUntilSettled(world.clock, destroyTest(world.boot(), { desired: desiredOfState(state), externalRedis: new Secret('redis://:wrong@x:1'), images: false }, []));
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
  });
  test('8 a host entry that has another address now', () => {
    const desired = sampleDesired();
    const state = { version: 1, test: desired.spec.test, file: '', hosts: [{ ...desired.spec.hosts[0]!, address: 'old.test' }], redis: desired.redis, images: [], usedRuns: [] } as never;
    expect(withRememberedHosts(desired, state).spec.hosts.map(({ address }) => address)).toContain('old.test');
  });
  test('9 watch of a resumed run', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('charlie', { ...GOOD, mute: true });
    await play(world);
    world.tempers.clear();
    const started = start(world, { commands: [[20_000, 'alice', 'connect']] });
    await runFor(world.clock, 3000);
    const state = world.disk.tests.get(testName('sample'))!.state!;
    const lines: string[] = [];
    const watch = (async () => {
      for await (const line of followRun(world.boot(), testName('sample'), new Secret(state.redisUrl!), new AbortController().signal)) lines.push(line);
    })();
    await runUntilSettled(world.clock, Promise.all([started.run.outcome, watch]));
    const types = lines.map((line) => JSON.parse(line).type);
    expect(types.filter((t) => t === 'run-started')).toHaveLength(2);
    expect(types).toContain('timeline-ended');
  });
  test('10 the engine here is gone at the end', async () => {
    const world = worldWithRedisImage();
    let gone = false;
    const started = start(world, {}, {}, (one) => ({
      ...one,
      redisServers: { ...one.redisServers, observe: async (...args) => {
        if (gone) throw new TmError({ kind: 'unreachable', what: 'docker', message: 'no engine' });
        return one.redisServers.observe(...args);
      } },
    }));
    await runFor(world.clock, 1500);
    gone = true;
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(containersOf(world)).toEqual([]);
    expect(outcome.exitCode).toBe(4);
    expect(lockOf(world)).toBeUndefined();
    expect(started.of('run-ended')).toHaveLength(1);
  });
  test('11 killed after the peers were told to shut down before the timeline', async () => {
    const world = worldWithRedisImage();
    // Bob is busy with what he was told at the start, and takes the shutdown late.
    world.tempers.set('bob', { ...GOOD, workMs: 20_000 });
    world.tempers.set('alice', { ...GOOD, startMs: 30_000 });
    const started = start(world, { peers: ['alice', 'bob'], commands: [[15_000, 'bob', 'connect']] });
    await runFor(world.clock, 5000);
    const bus = world.redis;
    bus.pushCommand(peerName('bob'), 'hello');
    await runFor(world.clock, 1000);
    started.run.stop('SIGINT');
    await runFor(world.clock, 1000);
    world.kill();
    world.tempers.clear();
    await runFor(world.clock, 30_000 - 8000 + 2000);
    const { outcome } = await play(world, { peers: ['alice', 'bob'], commands: [[15_000, 'bob', 'connect']] });
    expect(outcome).toMatchObject({ exitCode: 0 });
  });
  test('12 a command that lies in the queue of a peer that has stopped', async () => {
    const world = worldWithRedisImage();
    const { outcome } = await play(world, { peers: ['alice'], commands: [[0, 'alice', 'shutdown'], [0, 'alice', 'push|x']] });
    expect(outcome).toMatchObject({ exitCode: 1 });
  });
  test('13 peers that stop while the connection to Redis is away are not dead', async () => {
    const world = worldWithRedisImage();
    const started = start(world, { peers: ['alice'], commands: [[10_000, 'alice', 'shutdown']] });
    world.tempers.set('alice', { ...GOOD, workMs: 500 });
    while (!started.events.some((e) => e.type === 'command-taken')) await runFor(world.clock, 1);
    await runFor(world.clock, 100);
    world.redis.loseConnections();
    await runFor(world.clock, 5000);
    world.redis.restoreConnections();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome).toMatchObject({ exitCode: 0, verdict: { kind: 'passed' } });
  });
  test('13b a peer that dies for real while Redis is gone for good', async () => {
    const world = worldWithRedisImage();
    const started = start(world, { peers: ['alice'], commands: [[100_000, 'alice', 'connect']] });
    world.tempers.set('alice', { ...GOOD, crash: { afterMs: 10_000, exitCode: 1, oomKilled: false } });
    await runFor(world.clock, 5000);
    world.redis.loseConnections();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome).toMatchObject({ exitCode: 4 });
    expect(started.of('peer-died')).toHaveLength(1);
  });
  test('14 a signal after the end says nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const world = worldWithRedisImage();
    const { run } = await play(world);
    run.stop('SIGINT');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
  test('15 killed just as the timeline begins', async () => {
    const world = worldWithRedisImage();
    const started = start(world, {}, { cleanup: 'keep' }, (one) => ({
      ...one,
      buses: { connect: async (url, signal) => {
        const bus = await one.buses.connect(url, signal);
        const mark = bus.markUsed.bind(bus);
        bus.markUsed = async (...args) => { await mark(...args); world.kill(); };
        return bus;
      } },
    }));
    await runFor(world.clock, 10_000);
    const first = started.of('run-started')[0];
    const next = await play(world, {}, { cleanup: 'keep' });
    expect(next.of('run-started')).toMatchObject([{ resumed: false }]);
    expect(next.of('run-started')[0]).not.toMatchObject({ run: (first as { run: string }).run });
  });
  test('16 a run log that cannot be closed', async () => {
    const world = worldWithRedisImage();
    const { outcome } = await play(world, {}, { runLog: () => ({ event: () => undefined, close: () => Promise.reject(new Error('no')) }) });
    expect(outcome.exitCode).toBe(0);
    expect(lockOf(world)).toBeUndefined();
  });
});
void hostName; void runId;
