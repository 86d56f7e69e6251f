/** What other terminals do to a running test: find it, send into it, look at it. */
import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { testName } from '../../src/model/names.ts';
import { runningTest } from '../../src/run/running-test.ts';
import { sendByHand } from '../../src/run/send-by-hand.ts';
import { statusTest } from '../../src/run/status-test.ts';
import { sampleSpec } from '../fakes/sample-spec.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { play, start, worldWithRedisImage } from './play.ts';

const { signal } = new AbortController();

/** A test in the middle of a long timeline. */
async function running(world = worldWithRedisImage()) {
  const started = start(world, { commands: [[60_000, 'alice', 'connect']] });
  await runFor(world.clock, 5000);
  return { world, ...started };
}

async function send(world: SimulatedWorld, peer: string, command: string) {
  const here = world.boot();
  const heard: TmEvent[] = [];
  const found = await runUntilSettled(world.clock, runningTest(here, {}, signal));
  const sending = sendByHand(here, found, { peer, command }, (event) => heard.push(event), signal);
  return { outcome: await runUntilSettled(world.clock, sending), heard: heard.map(({ type }) => type) };
}

describe('tm send', () => {
  test('a command reaches the peer, is in the journal with who sent it, and its receipt is told', async () => {
    const { world, of } = await running();
    const { outcome, heard } = await send(world, 'bob', 'push|alice|hi');
    expect(outcome).toMatchObject({ kind: 'taken' });
    expect(heard).toEqual(['message-sent', 'command-taken']);
    expect(of('message-sent').at(-1)).toMatchObject({ peer: 'bob', origin: 'hand', by: 'root@control' });
    expect([...world.diaries.values()].flatMap(({ taken }) => taken)).toContain('push|alice|hi');
  });

  test('for a peer that is not there it is refused, with those that are', async () => {
    const { world } = await running();
    expect((await send(world, 'bbo', 'x')).outcome).toEqual({
      kind: 'refused',
      because: 'there is no such peer',
      peers: ['alice', 'bob', 'charlie'],
    });
  });

  test('a peer that hangs does not take it, and nobody waits for ever', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, hangsAfter: 0 });
    await running(world);
    const before = world.clock.now();
    expect((await send(world, 'bob', 'x')).outcome).toEqual({ kind: 'untaken' });
    expect(world.clock.now() - before).toBeLessThan(15_000);
  });

  test('where the run has ended, or none ever was, there is nothing to send to', async () => {
    const world = worldWithRedisImage();
    await expect(runningTest(world.boot(), {}, signal)).rejects.toMatchObject({
      fault: { message: 'no test runs here' },
    });
    await play(world);
    await expect(runningTest(world.boot(), {}, signal)).rejects.toMatchObject({
      fault: { message: 'no test runs here' },
    });
  });

  test('a run whose tm was killed is none', async () => {
    const { world } = await running();
    world.kill();
    await expect(runningTest(world.boot(), {}, signal)).rejects.toMatchObject({
      fault: { message: 'no test runs here' },
    });
  });

  test('on a Redis that is named, the test is the one that holds it', async () => {
    const { world } = await running();
    const here = world.boot();
    const { url } = await runningTest(here, {}, signal);
    expect(await runningTest(here, { redisUrl: url }, signal)).toMatchObject({
      test: 'sample',
      holder: { run: expect.stringMatching(/^sample-/) },
    });
  });
});

describe('tm status', () => {
  const lookAt = (world: SimulatedWorld, peers = true) => {
    const { test: name, hosts, peers: specs } = sampleSpec();
    const request = { test: name, hosts, peers: peers ? specs.map((one) => ({ peer: one.name })) : [] };
    return runUntilSettled(world.clock, statusTest(world.boot(), request, signal));
  };

  test('of a running test: its holder, hosts, containers and statuses; nothing is changed by looking', async () => {
    const { world, run } = await running();
    const status = await lookAt(world);
    expect(status).toMatchObject({
      test: 'sample',
      holder: { machine: 'control', user: 'root' },
      hosts: [
        { kind: 'reachable', host: 'h1', address: 'h1.test', ours: 2 },
        { kind: 'reachable', host: 'h2', address: 'h2.test', ours: 1 },
      ],
      redis: { kind: 'answers' },
      peers: [
        { peer: 'alice', host: 'h1', container: { state: 'running' }, status: expect.stringMatching(/^started/) },
        { peer: 'bob', host: 'h2', container: { state: 'running' } },
        { peer: 'charlie', host: 'h1', container: { state: 'running' } },
      ],
    });
    expect(await lookAt(world, false), 'without a config the peers are found by their labels').toEqual(status);
    expect((await runUntilSettled(world.clock, run.outcome)).exitCode).toBe(0);
  });

  test('of a host that cannot be reached says so, and tells the others', async () => {
    const { world } = await running();
    world.fleet.hosts.delete(sampleSpec().hosts[1]!.name);
    const { hosts, peers } = await lookAt(world);
    expect(hosts).toMatchObject([
      { kind: 'reachable', ours: 2 },
      { kind: 'unreachable', host: 'h2', fault: { kind: 'unreachable' } },
    ]);
    expect(peers.find(({ peer }) => peer === 'bob')).not.toHaveProperty('container');
  });

  test('after a run nothing is there, and nothing is held', async () => {
    const world = worldWithRedisImage();
    await play(world);
    const { hosts, redis, peers, ...rest } = await lookAt(world);
    expect(rest).toEqual({ test: testName('sample') });
    expect(hosts.map((host) => host.kind === 'reachable' && host.ours)).toEqual([0, 0]);
    expect(redis).toEqual({ kind: 'none' });
    expect(peers.map(({ container }) => container)).toEqual([undefined, undefined, undefined]);
  });
});
