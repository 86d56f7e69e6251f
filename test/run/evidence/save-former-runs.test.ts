import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../../src/drivers/memory/clock-drive.ts';
import type { MemoryRun } from '../../../src/drivers/memory/store-disk.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { TmEvent } from '../../../src/model/event.ts';
import { TmError } from '../../../src/model/fault.ts';
import { peerName, type TestName, testName } from '../../../src/model/names.ts';
import { desiredOfState, destroyTest } from '../../../src/run/destroy.ts';
import { sampleDesired } from '../../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../../fakes/simulated-world.ts';
import { containersOf, play, remembered, start, worldWithRedisImage } from '../play.ts';

const PEERS = ['alice', 'bob', 'charlie'];
const COMMANDS = [[60_000, 'alice', 'connect']] as const;
const SAYS = 'I was told';

/** A world in which a tm was killed in the middle of its timeline, and whose peers have told what they know. */
async function afterKill(secrets: readonly Secret[] = []): Promise<SimulatedWorld> {
  const world = worldWithRedisImage();
  const { hooks } = world.fleet;
  world.fleet.hooks = {
    ...hooks,
    onStart: (process) => {
      process.write(`${SAYS} ${process.environment['REDIS_URL']} and hunter2\n`);
      hooks.onStart?.(process);
    },
  };
  const killed = start(world, { commands: COMMANDS }, { secrets });
  await runFor(world.clock, 5000);
  expect(killed.of('timeline-started')).toHaveLength(1);
  world.kill();
  await runFor(world.clock, 1000);
  expect(containersOf(world)).toHaveLength(PEERS.length);
  return world;
}

/** What is kept of the first run. */
function first(world: SimulatedWorld): MemoryRun {
  const [run] = remembered(world)?.runs.values() ?? [];
  if (run === undefined) throw new Error('nothing is kept');
  return run;
}

const keptIn = ({ containers, files }: MemoryRun) =>
  [...[...containers.keys()].map((peer) => `${peer}.log`), ...[...files.keys()].map((name) => name.slice(11))].sort();

const ALL = PEERS.flatMap((peer) => [`${peer}.json`, `${peer}.log`]);

const runOf = (world: SimulatedWorld) => [...remembered(world)!.runs.keys()][0];

async function destroy(
  world: SimulatedWorld,
  secrets: readonly Secret[] = [],
  desired = sampleDesired(),
  tm = world.boot(),
) {
  const events: TmEvent[] = [];
  const outcome = await runUntilSettled(
    world.clock,
    destroyTest(tm, { desired, secrets, images: false }, [(event) => events.push(event)]),
  );
  return { outcome, warnings: events.filter((event) => event.type === 'warning') };
}

describe('what the peers of a killed tm left is kept in its own run', () => {
  test('by the next destroy, without secrets', async () => {
    const secrets = [new Secret('hunter2')];
    const world = await afterKill(secrets);
    const password = remembered(world)?.state?.redisPassword ?? '';
    expect(password).toHaveLength(48);
    expect(keptIn(first(world))).toEqual([]);
    const { outcome, warnings } = await destroy(world, secrets);
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(warnings).toEqual([]);
    expect(keptIn(first(world))).toEqual(ALL);
    const { containers, files } = first(world);
    expect(containers.get(peerName('alice'))).toMatch(
      new RegExp(`^${SAYS} redis://default:\\[redacted\\]@.* and \\[redacted\\]\n$`),
    );
    expect(JSON.parse(files.get('containers/bob.json') ?? '')).toMatchObject({ name: 'tm-bob', state: 'running' });
    expect([...containers.values(), ...files.values()].join()).not.toContain(password);
    expect(remembered(world)?.runs.size).toBe(1);
  });

  test('by a destroy without the config', async () => {
    const world = await afterKill();
    await destroy(world, [], desiredOfState(remembered(world)!.state!));
    expect(keptIn(first(world))).toEqual(ALL);
  });

  test('by the next apply, which keeps what is its own in its own', async () => {
    const world = await afterKill();
    const password = remembered(world)?.state?.redisPassword ?? '';
    // A process of another password.
    world.redis.stop();
    const { outcome, events } = await play(world);
    expect(outcome).toMatchObject({ exitCode: 0, left: [] });
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    const [killed, next, ...others] = remembered(world)!.runs.values();
    expect(others).toEqual([]);
    expect(keptIn(killed!)).toEqual(ALL);
    expect(JSON.parse(killed!.files.get('containers/bob.json')!).state).toBe('running');
    expect(JSON.parse(next!.files.get('containers/bob.json')!).state).toBe('exited');
    expect(killed!.containers.get(peerName('alice'))).toContain(`${SAYS} redis://default:[redacted]@`);
    expect(JSON.stringify([...killed!.containers, ...killed!.files])).not.toContain(password);
  });

  test('by --reset-hosts', async () => {
    const world = await afterKill();
    await play(world, {}, { reset: 'test' });
    expect(keptIn(first(world))).toEqual(ALL);
  });

  test('by --reset-hosts-all of another test', async () => {
    const world = await afterKill();
    world.redis.stop();
    const desired = sampleDesired({ peers: ['zoe'] });
    const other = { ...desired, spec: { ...desired.spec, test: testName('other'), commands: [] } };
    await play(world, {}, { reset: 'all', desired: other });
    expect(keptIn(first(world))).toEqual(ALL);
  });
});

describe('what is there already stays', () => {
  test('file by file', async () => {
    const world = await afterKill();
    first(world).containers.set(peerName('alice'), 'saved before');
    first(world).files.set('containers/bob.json', '{}');
    await destroy(world);
    expect(keptIn(first(world))).toEqual(ALL);
    expect(first(world).containers.get(peerName('alice'))).toBe('saved before');
    expect(first(world).files.get('containers/bob.json')).toBe('{}');
  });

  test('of a run that kept its containers', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const before = structuredClone([...first(world).containers, ...first(world).files]);
    expect(before).not.toEqual([]);
    await destroy(world);
    expect([...first(world).containers, ...first(world).files]).toEqual(before);
  });
});

describe('nothing is in its way', () => {
  test('a run that is not kept here', async () => {
    const world = await afterKill();
    const test = remembered(world)!;
    test.runs.clear();
    const { outcome, warnings } = await destroy(world);
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(warnings).toEqual([]);
    expect(test.runs.size).toBe(0);
  });

  test('a label that names no file', async () => {
    const world = await afterKill();
    for (const container of containersOf(world))
      Object.assign(container.labels!, { peer: `../${container.labels!.peer}` });
    await destroy(world);
    expect(keptIn(first(world))).toEqual([]);
    expect(containersOf(world)).toEqual([]);
  });

  test('an engine that does not answer: that is a warning', async () => {
    const world = await afterKill();
    world.interfere = ({ name, moment }) => {
      if (name === 'containers.inspect' && moment === 'before')
        throw new TmError({ kind: 'failed', message: 'no answer' });
    };
    const { outcome, warnings } = await destroy(world);
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(warnings.map(({ message }) => message).sort()).toEqual(
      PEERS.map((peer) => `what the engine says of ${peer} of the run ${runOf(world)} could not be saved: no answer`),
    );
    expect(keptIn(first(world))).toEqual(PEERS.map((peer) => `${peer}.log`));
    expect(containersOf(world)).toEqual([]);
  });

  test('a disk that takes nothing: that is a warning', async () => {
    const world = await afterKill();
    const tm = world.boot();
    const keptRun = async () => {
      throw new TmError({ kind: 'failed', message: 'no room' });
    };
    const stores = { ...tm.stores, open: (test: TestName) => ({ ...tm.stores.open(test), keptRun }) };
    const { outcome, warnings } = await destroy(world, [], sampleDesired(), { ...tm, stores });
    expect(outcome).toEqual({ faults: [], left: [], exitCode: 0 });
    expect(warnings.map(({ message }) => message).sort()).toEqual(
      PEERS.map((peer) => `what ${peer} of the run ${runOf(world)} left could not be saved: no room`),
    );
    expect(containersOf(world)).toEqual([]);
  });
});
