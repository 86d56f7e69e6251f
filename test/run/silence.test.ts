import { describe, expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { createSeededEntropy, type SeededEntropy } from '../../src/drivers/memory/entropy.ts';
import { TmError } from '../../src/model/fault.ts';
import { type PeerName, peerName } from '../../src/model/names.ts';
import type { World } from '../../src/run/world.ts';
import { oneOf } from '../fakes/random-test.ts';
import { type Freeze, GOOD, type Temper } from '../fakes/simulated-peer.ts';
import { ofType } from './check-judged.ts';
import { checkSilences } from './check-silence.ts';
import { play, start, worldWithRedisImage } from './play.ts';

const ALICE = peerName('alice');
/** A command that keeps the timeline open. */
const LATE = [60_000, 'charlie', 'work'] as const;

describe('a peer that sends heartbeats', () => {
  test('is told once as silent while it stands still, and once as heard again', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, heartbeatMs: 2000, frozen: [{ fromMs: 9_000, toMs: 40_000 }] });
    world.tempers.set('bob', { ...GOOD, heartbeatMs: 2000 });
    const { events, outcome } = await play(world, { commands: [[0, 'alice', 'connect'], LATE] });
    expect(outcome.exitCode).toBe(0);
    const [silent, ...others] = ofType(events, 'peer-silent');
    const [heard, ...more] = ofType(events, 'peer-heard');
    expect([others, more]).toEqual([[], []]);
    expect(silent).toMatchObject({ peer: 'alice', forMs: 10_000 });
    expect(silent!.atMs).toBeLessThanOrEqual(9_000 + 15_000);
    expect(heard!.atMs - 40_000).toBeLessThanOrEqual(5_100);
    expect(heard!.afterMs).toBe(heard!.atMs - silent!.atMs + silent!.forMs);
    checkSilences(events, world.tempers, world.beats, 0);
  });

  test('is not heard because Redis gave it a command that it had waited for', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, heartbeatMs: 2000, frozen: [{ fromMs: 3_000, toMs: 45_000 }] });
    const { events } = await play(world, { commands: [[25_000, 'alice', 'connect'], LATE] });
    const taken = ofType(events, 'command-taken').find(({ index }) => index === 0);
    const turns = [...ofType(events, 'peer-silent'), ...ofType(events, 'peer-heard')];
    expect(turns.map(({ type, atMs }) => [type, atMs < taken!.atMs])).toEqual([
      ['peer-silent', true],
      ['peer-heard', false],
    ]);
    expect(turns[1]!.atMs, 'what it does is heard at once').toBeLessThan(45_100);
  });

  test('is not silent while it restarts, nor when it has stopped', async () => {
    const world = worldWithRedisImage();
    for (const peer of ['alice', 'bob']) world.tempers.set(peer, { ...GOOD, heartbeatMs: 500 });
    const { events, outcome } = await play(world, { commands: [[0, 'alice', 'restart|40'], LATE] });
    expect(outcome.exitCode).toBe(0);
    expect(ofType(events, 'peer-silent')).toEqual([]);
    expect(world.beats.filter(({ peer, sentMs }) => peer === ALICE && sentMs > 40_000).length).toBeGreaterThan(10);
  });

  test('that fails to stop or to take a command fails the test, whose reason says how long it was silent', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, heartbeatMs: 2000, frozen: [{ fromMs: 3_000, toMs: 1_000_000 }] });
    const commands = [
      [12_000, 'alice', 'work'],
      [13_000, 'alice', 'work'],
    ] as const;
    const { outcome } = await play(world, { commands });
    const reasons = outcome.verdict.kind === 'failed' ? outcome.verdict.reasons : [];
    expect(reasons).toEqual([
      expect.stringMatching(/^alice did not take "work" within 30 s of the end .*; alice has been silent for \d+ s$/),
      expect.stringMatching(/^alice did not report stopped within 30 s; alice has been silent for 1 min \d+ s$/),
    ]);
  });

  test('is not silent because Redis was away', async () => {
    const world = worldWithRedisImage();
    world.tempers.set('alice', { ...GOOD, heartbeatMs: 2000 });
    const { run, events } = start(world, { commands: [LATE] });
    for (const awayMs of [9_000, 21_000]) {
      await runFor(world.clock, 7_000);
      world.redis.loseConnections();
      await runFor(world.clock, awayMs);
      world.redis.restoreConnections();
    }
    await runUntilSettled(world.clock, run.outcome);
    expect(ofType(events, 'bus-restored').length).toBe(2);
    expect(ofType(events, 'peer-silent')).toEqual([]);
  });
});

test('a peer that sends none is never silent, and a value that is no heartbeat is none', async () => {
  const world = worldWithRedisImage();
  world.tempers.set('alice', { ...GOOD, frozen: [{ fromMs: 3_000, toMs: 40_000 }] });
  const { run, events } = start(world, { commands: [LATE] });
  await runFor(world.clock, 5_000);
  world.redis.setHeartbeat(ALICE, 'somebody else was here');
  await runUntilSettled(world.clock, run.outcome);
  expect(ofType(events, 'peer-silent')).toEqual([]);
});

test('heartbeats that Redis does not let tm read fail nothing', async () => {
  const world = worldWithRedisImage();
  world.tempers.set('alice', { ...GOOD, heartbeatMs: 2000, frozen: [{ fromMs: 3_000, toMs: 40_000 }] });
  let reads = 0;
  const refused = async () => {
    reads += 1;
    throw new TmError({ kind: 'failed', message: 'Redis refused the heartbeats: NOPERM' });
  };
  const withoutThem = (tm: World): World => ({
    ...tm,
    buses: { connect: async (...args) => Object.assign(await tm.buses.connect(...args), { heartbeats: refused }) },
  });
  const { events, outcome } = await play(world, { commands: [LATE] }, {}, withoutThem);
  expect(outcome.exitCode).toBe(0);
  expect(ofType(events, 'peer-silent')).toEqual([]);
  expect(reads, 'it asks again').toBeGreaterThan(10);
});

/** `SEEDS=17 npx vitest run test/run/silence` plays one again. */
const seeds = process.env['SEEDS']?.split(',').map(Number) ?? Array.from({ length: 120 }, (_, index) => index + 1);

test('peers freeze and thaw, Redis goes and comes: each silence is told, and none that is not', async () => {
  const wrong: string[] = [];
  const seen = { silent: 0, heard: 0 };
  for (const seed of seeds) {
    const events = await live(seed).catch((error: unknown) => {
      wrong.push(`SEEDS=${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      return [];
    });
    seen.silent += ofType(events, 'peer-silent').length;
    seen.heard += ofType(events, 'peer-heard').length;
  }
  expect(wrong).toEqual([]);
  if (process.env['SEEDS'] !== undefined) return;
  expect(seen.silent).toBeGreaterThan(100);
  expect(seen.heard).toBeGreaterThan(50);
}, 120_000);

/** Two minutes of a run. */
async function live(seed: number) {
  const random = createSeededEntropy(`silence ${seed}`);
  const world = worldWithRedisImage();
  const peers = ['p0', 'p1', 'p2', 'p3'].map(peerName);
  for (const peer of peers) world.tempers.set(peer, temperOf(random.fork(peer)));
  const { run, events } = start(world, { peers, commands: commandsOf(random.fork('commands'), peers) });
  const outages = random.fork('outages');
  for (let count = outages.below(4); count > 0; count--) {
    await runFor(world.clock, outages.below(40_000));
    world.redis.loseConnections();
    await runFor(world.clock, oneOf(outages, [5, 1_900, 6_000, 14_000, 25_000]));
    world.redis.restoreConnections();
  }
  await runUntilSettled(world.clock, run.outcome);
  checkSilences(events, world.tempers, world.beats, 0);
  return events;
}

function temperOf(random: SeededEntropy): Temper {
  const frozen: Freeze[] = [];
  for (let fromMs = random.below(30_000), left = random.below(4); left > 0; left--) {
    const toMs = fromMs + oneOf(random, [900, 4_000, 11_000, 19_000, 45_000]);
    frozen.push(random.below(3) === 0 ? { fromMs, toMs, only: 'heartbeats' } : { fromMs, toMs });
    fromMs = toMs + random.below(20_000);
  }
  const moods = Array.from({ length: random.below(5) }, () => ({
    afterMs: random.below(120_000),
    does: oneOf(random, ['say|hello', 'report|up', 'report|busy']),
  }));
  const pulse = random.below(8) === 0 ? {} : { heartbeatMs: oneOf(random, [200, 1000, 2000, 4000]) };
  return { ...GOOD, ...pulse, frozen, moods };
}

function commandsOf(random: SeededEntropy, peers: readonly PeerName[]) {
  const commands = Array.from(
    { length: random.below(8) },
    () =>
      [
        random.below(100_000),
        oneOf(random, peers),
        oneOf(random, ['work', 'say|hello', 'connect', 'restart|12']),
      ] as const,
  );
  return [...commands, [120_000, oneOf(random, peers), 'work'] as const].sort((a, b) => a[0] - b[0]);
}
