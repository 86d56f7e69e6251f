import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../../src/drivers/memory/clock-drive.ts';
import type { MemoryRun } from '../../../src/drivers/memory/store-disk.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { TmEvent } from '../../../src/model/event.ts';
import { TmError } from '../../../src/model/fault.ts';
import { peerName } from '../../../src/model/names.ts';
import { createRunLog } from '../../../src/views/run-log/run-log.ts';
import { sampleDesired } from '../../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../../fakes/simulated-world.ts';
import { play, remembered, start, worldWithRedisImage } from '../play.ts';

/** The files of the only run. */
function kept(world: SimulatedWorld): MemoryRun {
  const [run] = remembered(world)?.runs.values() ?? [];
  if (run === undefined) throw new Error('nothing was kept');
  return run;
}

const namesOf = ({ files, containers }: MemoryRun): readonly string[] =>
  [...files.keys(), ...[...containers.keys()].map((peer) => `containers/${peer}.log`)].sort();

const json = (run: MemoryRun, name: string) => JSON.parse(run.files.get(name) ?? 'null');

const savedIn = (events: readonly TmEvent[]) => events.filter((event) => event.type === 'evidence-saved');

const PEERS = ['alice', 'bob', 'charlie'];
const OF_CONTAINERS = PEERS.flatMap((peer) => [`containers/${peer}.json`, `containers/${peer}.log`]);

/** Peers that tell whatever they know, a piece at a time. */
function makeTalkative(world: SimulatedWorld): void {
  const { hooks } = world.fleet;
  world.fleet.hooks = {
    ...hooks,
    onStart: (process) => {
      const url = process.environment['REDIS_URL'] ?? '';
      process.write(`I was told ${url.slice(0, 30)}`);
      process.write(`${url.slice(30)} and ${encodeURIComponent(url)}\n`);
      world.redis.pushLog(peerName(process.environment['PEER_NAME'] ?? ''), `info|I was told ${url}`);
      hooks.onStart?.(process);
    },
  };
}

describe('a run that passed', () => {
  test('leaves everything that tells what it was', async () => {
    const world = worldWithRedisImage();
    const config = { text: 'name: sample\nvars: { api_token: abcdef }\n' };
    const { events } = await play(world, {}, { config });
    const run = kept(world);
    expect(namesOf(run)).toEqual([...OF_CONTAINERS, 'config.yaml', 'plan.json', 'versions.json'].sort());
    expect(run.files.get('config.yaml')).toBe('name: sample\nvars: { api_token: "[redacted]" }\n');
    expect(json(run, 'plan.json')).toMatchObject({ intent: 'apply', test: 'sample', steps: expect.any(Array) });
    expect(json(run, 'versions.json')).toMatchObject({
      tm: '0.0.0-test',
      node: '20.19.0',
      platform: 'linux x64 6.1.0',
      controlEngine: 'Docker in memory',
      hosts: [{ host: 'h1', engine: 'Docker in memory', platform: 'linux/amd64', clock: null }, { host: 'h2' }],
      redis: { kind: 'container', version: expect.any(String), precision: expect.any(String) },
    });
    expect(json(run, 'containers/alice.json')).toMatchObject({ name: 'tm-alice', state: 'exited', exitCode: 0 });
    const [saved, ...more] = savedIn(events);
    expect(more).toEqual([]);
    expect(saved?.files.map(({ path }) => path)).toEqual(namesOf(run));
    expect(saved?.files.find(({ path }) => path === 'config.yaml')).toEqual({
      path: 'config.yaml',
      bytes: run.files.get('config.yaml')?.length,
      cut: 0,
    });
  });

  test('has its secrets nowhere, whatever its peers tell', async () => {
    const world = worldWithRedisImage();
    makeTalkative(world);
    const secrets = [new Secret('from the/outside')];
    const commands = [[0, 'alice', 'say|from the/outside']] as const;
    await play(world, { commands }, { secrets, runLog: (append) => createRunLog({ append }), cleanup: 'keep' });
    const password = remembered(world)?.state?.redisPassword ?? '';
    expect(password).toHaveLength(48);
    const { journal, log, containers, files } = kept(world);
    const all = [journal.join('\n'), log, ...containers.values(), ...files.values()].join('\n');
    expect(all).toContain('I was told redis://default:[redacted]@');
    expect(containers.get(peerName('alice'))).toMatch(
      /^I was told redis:\/\/default:\[redacted\]@\S+ and redis%3A%2F%2Fdefault%3A\[redacted\]%40\S+\n$/,
    );
    expect(json(kept(world), 'containers/alice.json').environment.REDIS_URL).toMatch(
      /^redis:\/\/default:\[redacted\]@/,
    );
    expect(journal.join('\n')).toContain('say|[redacted]');
    expect(log).toContain('say|[redacted]');
    for (const secret of [password, 'from the/outside', 'from%20the%2Foutside']) expect(all).not.toContain(secret);
  });

  test('with an external Redis has its password nowhere, however the URL writes it', async () => {
    const world = worldWithRedisImage();
    makeTalkative(world);
    world.redis.start({ port: 6379, password: 'p@ss/w%rd' });
    const externalRedis = new Secret('redis://default:p%40ss%2Fw%25rd@127.0.0.1:6379/');
    const desired = { ...sampleDesired(), redis: { kind: 'external', display: 'redis://127.0.0.1:6379/' } as const };
    const { outcome } = await play(world, {}, { externalRedis, desired });
    expect(outcome.exitCode).toBe(0);
    const { journal, containers, files } = kept(world);
    const all = [journal.join('\n'), ...containers.values(), ...files.values()].join('\n');
    expect(all).toContain('I was told redis://');
    for (const secret of ['p@ss/w%rd', 'p%40ss%2Fw%25rd', 'p%2540ss']) expect(all).not.toContain(secret);
  });
});

describe('a run that did not pass leaves as much as there is', () => {
  test('when a peer died', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { startMs: 1, workMs: 1, crash: { afterMs: 100, exitCode: 3, oomKilled: true } });
    const { outcome } = await play(world);
    expect(outcome.exitCode).toBe(1);
    expect(json(kept(world), 'containers/bob.json')).toMatchObject({ exitCode: 3, oomKilled: true });
    expect(namesOf(kept(world))).toEqual([...OF_CONTAINERS, 'plan.json', 'versions.json'].sort());
  });

  test('when a host could not be reached: nothing was made there', async () => {
    const world = worldWithRedisImage();
    world.fleet.hosts.delete(sampleDesired().spec.hosts[1]!.name);
    const { outcome, events } = await play(world);
    expect(outcome.exitCode).toBe(4);
    expect(namesOf(kept(world))).toEqual(['plan.json', 'versions.json']);
    expect(json(kept(world), 'versions.json').hosts).toHaveLength(1);
    expect(savedIn(events)).toHaveLength(1);
  });

  test('when a step of the apply failed and what was made is left standing', async () => {
    const world = worldWithRedisImage();
    world.interfere = ({ name, subject, moment }) => {
      if (name === 'containers.run' && subject === 'tm-bob' && moment === 'before')
        throw new TmError({ kind: 'failed', message: 'no room' });
    };
    const { outcome, events } = await play(world);
    expect(outcome.left).toHaveLength(3);
    expect(namesOf(kept(world)).filter((name) => name.startsWith('containers/'))).toEqual(
      OF_CONTAINERS.filter((name) => !name.includes('bob')),
    );
    expect(savedIn(events)).toHaveLength(1);
  });

  test('when it was interrupted', async () => {
    const world = worldWithRedisImage();
    const started = start(world, { commands: [[60_000, 'alice', 'connect']] });
    await runFor(world.clock, 5000);
    started.run.stop('SIGINT');
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(130);
    expect(namesOf(kept(world))).toEqual([...OF_CONTAINERS, 'plan.json', 'versions.json'].sort());
  });

  test('when some of it cannot be had: that is a warning, and the hosts are cleaned up', async () => {
    const world = worldWithRedisImage();
    world.interfere = ({ name, moment }) => {
      if (name === 'containers.inspect' && moment === 'before')
        throw new TmError({ kind: 'failed', message: 'no answer' });
    };
    const { outcome, events, of } = await play(world, { peers: ['alice'] });
    expect(outcome).toMatchObject({ exitCode: 0, left: [] });
    expect(of('warning')).toMatchObject([{ message: 'what the engine says of alice could not be saved: no answer' }]);
    expect(savedIn(events)[0]?.files.map(({ path }) => path)).toEqual([
      'containers/alice.log',
      'plan.json',
      'versions.json',
    ]);
  });
});
