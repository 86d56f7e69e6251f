import { expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import { createSeededEntropy, type SeededEntropy } from '../../src/drivers/memory/entropy.ts';
import { testName } from '../../src/model/names.ts';
import { randomPulse, randomTemper, randomTest } from '../fakes/random-test.ts';
import { HOSTS } from '../fakes/sample-spec.ts';
import type { SimulatedWorld } from '../fakes/simulated-world.ts';
import { checkPlayed, checkReports, ofType, type Played } from './check-judged.ts';
import { checkSilences } from './check-silence.ts';
import { start, worldWithRedisImage } from './play.ts';

/**
 * Whole runs with random expectations and commands that wait, peers that say and report and die as they like, or stand still and go on, a
 * slow or broken Redis and signals, each decided by its seed. `SEEDS=17 npx vitest run test/run/judged-runs` plays one again.
 */
const given = process.env['SEEDS']?.split(',').map(Number);
const seeds = given ?? Array.from({ length: 200 }, (_, index) => index + 1);

/** Wake-ups of sleepers that no run here comes near to. */
const MOST_MOVES = 20_000;

/** What the seeds have shown so far. */
const seen = new Map<string, number>();
const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

test.each([0, 1, 2, 3])(
  'every run ends, and what it says is so (%i of 4)',
  async (part) => {
    const wrong: string[] = [];
    for (const seed of seeds.filter((one) => one % 4 === part)) {
      await check(seed).catch((error: unknown) => {
        wrong.push(`SEEDS=${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      });
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);

test.runIf(given === undefined)('the seeds come to every kind of end', () => {
  const kinds = ['passed', 'failed', 'interrupted', 'errored', 'met', 'unmet', 'undecided', 'late', 'silent', 'heard'];
  const rules = ['started', 'alive', 'taken', 'stopped'].map((rule) => `${rule} unmet`);
  for (const kind of [...kinds, ...rules]) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(2);
});

test('a seed decides everything', async () => {
  const [one, other] = [await play(7), await play(7)];
  expect(one.played).toEqual(other.played);
  expect(one.journal).toEqual(other.journal);
});

async function check(seed: number): Promise<void> {
  const { played, journal, world } = await play(seed);
  checkPlayed(played);
  checkSilences(played.events, world.tempers, world.beats, 0);
  await checkReports(played, journal);
  const { events } = played;
  note(ofType(events, 'verdict')[0]?.verdict.kind ?? 'none');
  for (const { outcome } of ofType(events, 'expectation-decided')) note(outcome);
  for (const _ of ofType(events, 'expectation-late')) note('late');
  for (const _ of ofType(events, 'peer-silent')) note('silent');
  for (const _ of ofType(events, 'peer-heard')) note('heard');
  for (const { rule, outcome } of ofType(events, 'rule-decided')) note(`${rule} ${outcome}`);
}

interface Life {
  readonly played: Played;
  readonly journal: readonly string[];
  readonly world: SimulatedWorld;
}

async function play(seed: number): Promise<Life> {
  const random = createSeededEntropy(`judged ${seed}`);
  const wild = random.below(3) / 2;
  const of = randomTest(random, wild);
  const failFast = random.below(5) === 0;
  const world = worldWithRedisImage();
  const pulse = random.fork('pulse');
  for (const peer of of.peers) world.tempers.set(peer, { ...randomTemper(random, wild), ...randomPulse(pulse, wild) });
  makeSlow(world, random);
  const { commands, expectations } = of;
  const { run, events } = start(
    world,
    {
      hosts: HOSTS,
      peers: of.peers,
      spec: { commands, expectations, timeouts: { startupSeconds: 20, shutdownSeconds: 40 } },
    },
    { failFast, cleanup: random.below(2) === 0 ? 'always' : 'keep' },
  );
  await makeTrouble(world, random, run.stop);
  await runUntilSettled(world.clock, run.outcome, { maxSteps: MOST_MOVES });
  const journal = [...(world.disk.tests.get(testName('sample'))?.runs.values() ?? [])][0]?.journal ?? [];
  return { played: { test: of, failFast, events }, journal, world };
}

/** Commands and their answers take some of the clock's time, or only turns of the event loop, or nothing. */
function makeSlow(world: SimulatedWorld, random: SeededEntropy): void {
  const way = random.below(4);
  if (way === 0) return;
  const travel = random.fork('travel');
  world.redis.travel = async () => {
    if (way === 1) for (let turns = travel.below(20); turns > 0; turns--) await undefined;
    else await world.clock.sleepUntil(world.clock.now() + travel.below(way === 2 ? 4 : 50));
  };
}

/** Something from outside, in every other run. */
async function makeTrouble(world: SimulatedWorld, random: SeededEntropy, stop: (by: string) => void): Promise<void> {
  const trouble = random.below(12);
  if (trouble > 5) return;
  await runFor(world.clock, random.below(9000));
  switch (trouble) {
    case 0:
      stop('SIGINT');
      return;
    case 1:
    case 2:
      world.redis.loseConnections();
      await runFor(world.clock, random.below(5000));
      if (random.below(4) === 0) stop('SIGTERM');
      world.redis.restoreConnections();
      return;
    case 3:
      if (world.redis.running !== undefined) world.redis.stop();
      return;
    case 4:
      for (const { engine } of world.fleet.hosts.values()) engine.loseListeners('the engine stays away');
      return;
    default:
      await runFor(world.clock, random.below(4000));
      stop('SIGTERM');
  }
}
