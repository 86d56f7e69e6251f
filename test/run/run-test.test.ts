import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import { peerName } from '../../src/model/names.ts';
import { HOSTS } from '../fakes/sample-spec.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { containersOf, play, start, worldWithRedisImage } from './play.ts';

/** The lines of a plan about containers. */
const changesOf = (event: TmEvent | undefined) =>
  event?.type !== 'planned'
    ? []
    : event.plan.changes.flatMap(({ kind, resource, because }) =>
        resource.kind === 'container' ? [`${kind} ${resource.name}: ${because}`] : [],
      );

describe('a run in memory', () => {
  test('passes, leaves nothing behind, and every peer was told its commands in order', async () => {
    const world = worldWithRedisImage();
    const { outcome, of } = await play(world);
    expect(outcome).toEqual({ verdict: { kind: 'passed' }, exitCode: 0, left: [] });
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
    expect([...world.diaries.values()].map(({ taken }) => taken)).toEqual([
      ['connect', 'shutdown'],
      ['connect', 'shutdown'],
      ['connect', 'shutdown'],
    ]);
    expect(of('command-taken')).toHaveLength(6);
    expect(of('peer-exited')).toHaveLength(3);
  });

  test('a second apply after --keep makes anew only what the timeline used up', async () => {
    const world = worldWithRedisImage();
    const first = await play(world, {}, { cleanup: 'keep' });
    expect(first.outcome.exitCode).toBe(0);
    expect(first.outcome.left).toEqual([
      'h1: tm-alice (exited)',
      'h1: tm-charlie (exited)',
      'h2: tm-bob (exited)',
      'this machine: tm-redis',
    ]);
    const second = await play(world, {}, { cleanup: 'keep' });
    const plan = second.of('planned')[0];
    expect(plan?.type === 'planned' && plan.plan.changes.map(({ kind, because }) => `${kind}: ${because}`)).toEqual([
      'keep: there',
      expect.stringMatching(/^replace: went through a timeline at \d\d:\d\d UTC/),
      expect.stringMatching(/^replace: went through a timeline at \d\d:\d\d UTC/),
      'keep: there',
      expect.stringMatching(/^replace: went through a timeline at \d\d:\d\d UTC/),
      'keep: here',
      'keep: here',
      'keep: Redis 7.4.0 answers',
    ]);
    expect(second.outcome.exitCode).toBe(0);
  });

  test('a peer that dies is named with its exit code, and what was to be sent to it is skipped', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, crash: { afterMs: 500, exitCode: 137, oomKilled: true } });
    const { outcome, of } = await play(world, {
      commands: [
        [0, 'bob', 'connect'],
        [5000, 'bob', 'push|x|y'],
        [6000, 'alice', 'pull'],
      ],
    });
    expect(outcome).toMatchObject({ exitCode: 1, left: [] });
    expect(outcome.verdict).toEqual({
      kind: 'failed',
      reasons: [
        'bob died: exited with 137 (out of memory), 450 ms after "connect"',
        'bob was not sent "push|x|y": it died',
      ],
    });
    const died = of('peer-died')[0];
    const sent = of('command-sent')[0];
    expect((died?.atMs ?? 0) - (sent?.atMs ?? 0)).toBeLessThan(1000);
    expect(containersOf(world)).toEqual([]);
  });

  test('a peer that never starts fails the run after the startup timeout; an apply leaves what it made', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('charlie', { ...GOOD, mute: true });
    const { outcome } = await play(world);
    expect(outcome.verdict).toEqual({ kind: 'failed', reasons: ['charlie did not report started within 60 s'] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.left).toHaveLength(4);
    world.tempers.clear();
    const again = await play(world);
    expect(again.outcome.exitCode).toBe(0);
    expect(changesOf(again.of('planned')[0])).toEqual([
      'keep tm-alice: as it should be',
      'replace tm-charlie: has not reported started',
      'keep tm-bob: as it should be',
    ]);
  });

  test('`tm config.yaml` cleans up after a failure before the timeline too', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('charlie', { ...GOOD, mute: true });
    const { outcome } = await play(world, {}, { cleanup: 'always' });
    expect(outcome).toMatchObject({ exitCode: 1, left: [] });
    expect(containersOf(world)).toEqual([]);
    const next = await play(world, {}, { cleanup: 'always' });
    expect(next.of('run-started'), 'nothing is left to go on with').toMatchObject([{ resumed: false }]);
  });

  test('a peer that ends with 42 is started again after the delay that it wrote', async () => {
    const world = worldWithRedisImage();
    const { outcome, of } = await play(world, {
      peers: ['alice'],
      commands: [
        [0, 'alice', 'restart|5'],
        [10_000, 'alice', 'connect'],
      ],
    });
    expect(outcome.exitCode).toBe(0);
    expect(of('peer-restarting')).toMatchObject([{ peer: 'alice', delayMs: 5000 }]);
    expect(of('peer-status').map((event) => event.type === 'peer-status' && event.status.split('|')[0])).toEqual([
      'started',
      'restarting',
      'started',
      'connecting',
      'connected',
      'stopped',
    ]);
  });

  test('a peer that takes no command and does not stop is waited for as long as the timeout says', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, hangsAfter: 0 });
    const { outcome } = await play(world, { peers: ['bob'], commands: [[0, 'bob', 'connect']] });
    expect(outcome.verdict).toEqual({
      kind: 'failed',
      reasons: [
        'bob did not take "connect" within 30 s of the end of the timeline',
        'bob did not report stopped within 30 s',
      ],
    });
    expect(containersOf(world)).toEqual([]);
  });

  test('ending without `stopped` is a death, even with exit code 0', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('bob', { ...GOOD, rude: true });
    const { outcome } = await play(world);
    expect(outcome.verdict).toMatchObject({
      kind: 'failed',
      reasons: [expect.stringMatching(/^bob died: exited with 0/)],
    });
  });

  test('bootstrap: each peer is told the addresses of its neighbours before the timeline', async () => {
    const world = worldWithRedisImage();
    await play(world, {
      peers: ['alice', { name: peerName('bob'), bootstrap: [peerName('alice')] }],
      commands: [[0, 'bob', 'connect']],
    });
    expect([...world.diaries.values()][1]?.taken).toEqual([
      'peer|/ip4/10.0.0.9/udp/1/quic-v1/p2p/alice',
      'connect',
      'shutdown',
    ]);
  });

  test('three commands due at the same moment are taken in the order of the file', async () => {
    const world = worldWithRedisImage();
    await play(world, {
      peers: ['alice'],
      commands: [
        [1000, 'alice', 'c'],
        [1000, 'alice', 'a'],
        [1000, 'alice', 'b'],
      ],
    });
    expect([...world.diaries.values()][0]?.taken).toEqual(['c', 'a', 'b', 'shutdown']);
  });

  test("somebody else's container of the same name stops the run before anything is touched", async () => {
    const world = worldWithRedisImage();
    const host = world.fleet.hosts.get(HOSTS[0]!)!;
    const foreign = host.engine.foreign('tm-alice');
    const { outcome } = await play(world, {}, { cleanup: 'always' });
    expect(outcome).toMatchObject({
      exitCode: 1,
      verdict: { kind: 'errored', faults: [{ kind: 'conflict', host: 'h1' }] },
    });
    expect(containersOf(world)).toEqual([foreign]);
    expect(world.redis.running).toBeUndefined();
  });

  test('a host that fails during the apply leaves the rest, and the next apply goes on from there', async () => {
    const world = worldWithRedisImage();
    world.interfere = ({ name, engine, moment }) => {
      if (engine === 'engine-h2' && name === 'containers.run' && moment === 'before')
        throw new TmError({ kind: 'unreachable', what: 'host', host: HOSTS[1]!, message: 'h2 is down' });
    };
    const first = await play(world);
    expect(first.outcome).toMatchObject({
      exitCode: 4,
      verdict: { kind: 'errored', faults: [{ message: 'h2 is down' }] },
    });
    const made = containersOf(world).map(({ id }) => id);
    expect(made).toHaveLength(2);
    world.interfere = undefined;
    await runFor(world.clock, 1000);
    const second = await play(world);
    expect(second.outcome.exitCode).toBe(0);
    expect(changesOf(second.of('planned')[0])).toEqual([
      'keep tm-alice: as it should be',
      'keep tm-charlie: as it should be',
      'add tm-bob: not there',
    ]);
    expect([...world.diaries.keys()]).toEqual(expect.arrayContaining(made));
    expect(second.of('run-started')).toMatchObject([{ resumed: true }]);
  });

  test("--reset-hosts removes what stands in the peers' places, labelled or not, and nothing else", async () => {
    const world = worldWithRedisImage();
    const { engine } = world.fleet.hosts.get(HOSTS[0]!)!;
    engine.foreign('tm-alice');
    const others = engine.foreign('tm-of-another-tool');
    const { outcome } = await play(world, {}, { reset: 'test' });
    expect(outcome.exitCode).toBe(0);
    expect(containersOf(world)).toEqual([others]);
    const all = await play(world, {}, { reset: 'all' });
    expect(all.outcome.exitCode).toBe(0);
    expect(containersOf(world)).toEqual([]);
  });

  test('a Redis that was kept for other hosts, and does not listen where these reach it, is made anew with their peers', async () => {
    const world = worldWithRedisImage();
    await play(world, {}, { cleanup: 'keep' });
    const { engine } = world.fleet.hosts.get(HOSTS[1]!)!;
    world.fleet.hosts.set(HOSTS[1]!, { engine, controlAddress: '10.9.9.9' });
    const { outcome, of } = await play(world);
    const plan = of('planned')[0];
    expect(plan?.type === 'planned' && plan.plan.changes.at(-1)).toMatchObject({
      kind: 'replace',
      because: 'it does not listen on 10.9.9.9',
    });
    expect(outcome).toMatchObject({ exitCode: 0, left: [] });
  });

  test('a host that is down is told before anything is touched', async () => {
    const world = worldWithRedisImage();
    world.fleet.hosts.delete(HOSTS[1]!);
    const { outcome } = await play(world);
    expect(outcome).toMatchObject({ exitCode: 4, left: [] });
    expect(containersOf(world)).toEqual([]);
    expect(world.redis.running).toBeUndefined();
  });

  test('a second tm is told who holds the test', async () => {
    const world = worldWithRedisImage();
    const first = start(world);
    await runFor(world.clock, 10);
    const second = await play(world);
    expect(second.outcome).toMatchObject({ exitCode: 5, verdict: { kind: 'errored', faults: [{ kind: 'locked' }] } });
    expect((await runUntilSettled(world.clock, first.run.outcome)).exitCode).toBe(0);
  });

  test('a connection to Redis that comes back loses nothing', async () => {
    const world = worldWithRedisImage();
    const started = start(world, {
      commands: [
        [0, 'alice', 'connect'],
        [20_000, 'bob', 'connect'],
        [40_000, 'charlie', 'connect'],
      ],
    });
    await runFor(world.clock, 15_000);
    world.redis.loseConnections();
    await runFor(world.clock, 15_000);
    world.redis.restoreConnections();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome.exitCode).toBe(0);
    expect(started.of('bus-lost')).toHaveLength(1);
    expect(started.of('bus-restored')).toHaveLength(1);
    expect(started.of('command-taken')).toHaveLength(6);
  });

  test('Redis that stays away ends the run with a fault', async () => {
    const world = worldWithRedisImage();
    const started = start(world, {
      commands: [
        [0, 'alice', 'connect'],
        [600_000, 'bob', 'connect'],
      ],
    });
    await runFor(world.clock, 15_000);
    world.redis.stop();
    const outcome = await runUntilSettled(world.clock, started.run.outcome);
    expect(outcome).toMatchObject({ exitCode: 4, verdict: { kind: 'errored' } });
    expect(containersOf(world)).toEqual([]);
    expect(world.clock.now()).toBeLessThan(120_000);
  });

  describe('a signal', () => {
    const phases = ['loading', 'planning', 'applying', 'monitoring', 'tearingDown'] as const;
    test.each(phases)('while %s stops gracefully and cleans up', async (phase) => {
      const world = worldWithRedisImage();
      // Every call takes a while, so that the signal comes in the middle of things.
      world.interfere = () => world.clock.sleepUntil(world.clock.now() + 5);
      const started = start(world, { commands: [[60_000, 'alice', 'connect']] });
      const reached = () => started.events.some((event) => event.type === 'phase' && event.phase === phase);
      while (!reached()) await runFor(world.clock, 1);
      await runFor(world.clock, 7);
      started.run.stop('SIGINT');
      const outcome = await runUntilSettled(world.clock, started.run.outcome);
      expect(outcome.exitCode).toBe(130);
      expect(outcome.left).toEqual([]);
      expect(containersOf(world)).toEqual([]);
      expect(world.redis.running).toBeUndefined();
    });

    test('during the timeline tells the peers to shut down and waits for them', async () => {
      const world = worldWithRedisImage();
      const started = start(world, { commands: [[60_000, 'alice', 'connect']] });
      await runFor(world.clock, 20_000);
      started.run.stop('SIGTERM');
      const outcome = await runUntilSettled(world.clock, started.run.outcome);
      expect(outcome).toMatchObject({ exitCode: 143, verdict: { kind: 'interrupted', by: 'SIGTERM', reasons: [] } });
      expect([...world.diaries.values()].map(({ taken }) => taken)).toEqual([['shutdown'], ['shutdown'], ['shutdown']]);
      expect(started.of('peer-exited')).toHaveLength(3);
    });
  });
});
