import { expect, test } from 'vitest';
import { runFor, runUntilSettled } from '../../src/drivers/memory/clock-drive.ts';
import type { MemoryContainer } from '../../src/drivers/memory/engine.ts';
import { createSeededEntropy, type SeededEntropy } from '../../src/drivers/memory/entropy.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName } from '../../src/model/names.ts';
import { desiredOfState, destroyTest } from '../../src/run/destroy.ts';
import type { Outcome } from '../../src/run/run-test.ts';
import { runTest } from '../../src/run/run-test.ts';
import type { World } from '../../src/run/world.ts';
import { type SampleOptions, sampleDesired } from '../fakes/sample-spec.ts';
import { GOOD, type Temper } from '../fakes/simulated-peer.ts';
import { imageOf, PEER_IMAGE, type SimulatedWorld, simulatedWorld } from '../fakes/simulated-world.ts';

/**
 * Whole lives of a test under faults, each decided by its seed: random fleets and timelines, peers that crash, hang or are rude, hosts and
 * a Redis that fail, a full disk, signals in any phase, and a tm that is killed. `SEEDS=17 npx vitest run test/run/simulation` plays one again.
 */
const seeds = process.env['SEEDS']?.split(',').map(Number) ?? Array.from({ length: 400 }, (_, index) => index + 1);

interface Life {
  readonly world: SimulatedWorld;
  readonly sample: SampleOptions;
  readonly foreign: readonly { readonly engine: string; readonly container: MemoryContainer }[];
  readonly random: SeededEntropy;
}

test.each([0, 1, 2, 3])(
  'what is ours converges or is gone, what is not ours is untouched (%i of 4)',
  async (part) => {
    for (const seed of seeds.filter((one) => one % 4 === part)) {
      await live(seed).catch((error: unknown) => {
        throw new Error(`SEEDS=${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      });
    }
  },
  120_000,
);

test('a seed decides everything', async () => {
  expect(await live(7)).toEqual(await live(7));
});

/** One life: some applies under faults, then one without, then a destroy. Gives all that was recorded. */
async function live(seed: number): Promise<readonly TmEvent[]> {
  const life = birth(seed);
  const { world, random } = life;
  const events: TmEvent[] = [];
  const attempts = random.below(3);
  for (let attempt = 0; attempt < attempts; attempt++) {
    makeTrouble(life);
    const mine: TmEvent[] = [];
    await applyUnderTrouble(life, mine);
    checkOrder(life);
    checkJournal(mine);
    checkForeign(life);
    events.push(...mine);
  }
  calm(life);
  // Peers that an attempt before the timeline left may still be of bad temper: each apply replaces those that it found out.
  let last = await apply(life, 'keep');
  for (let again = 0; again < 2 && last.outcome.verdict.kind === 'failed'; again++) {
    events.push(...last.mine);
    last = await apply(life, 'keep');
  }
  const { outcome, mine } = last;
  checkOrder(life);
  checkForeign(life);
  checkJournal(mine);
  expect(outcome.verdict, `applies without trouble come to pass: ${JSON.stringify(outcome.verdict)}`).toEqual({
    kind: 'passed',
  });
  expect(world.disk.tests.size).toBe(1);

  const removed = runUntilSettled(
    world.clock,
    destroyTest(world.boot(), { desired: sampleDesired(life.sample), images: true }, []),
  );
  expect(await removed, 'a destroy leaves nothing').toEqual({ faults: [], left: [], exitCode: 0 });
  checkGone(world);
  checkForeign(life);
  return [...events, ...mine];
}

function birth(seed: number): Life {
  const random = createSeededEntropy(seed);
  const hosts = Array.from({ length: 1 + random.below(4) }, (_, index) => hostName(`h${index + 1}`));
  const peers = Array.from({ length: 1 + random.below(8) }, (_, index) => peerName(`p${index}`));
  const commands = Array.from({ length: random.below(30) }, (_, index) => {
    const peer = peers[random.below(peers.length)] ?? peerName('p0');
    const word = random.below(12) === 0 ? `restart|${random.below(4)}` : `work|${index}`;
    return [random.below(20) * 500, peer, word] as const;
  }).sort(([a], [b]) => a - b);
  const world = simulatedWorld(hosts, seed);
  world.fleet.registry.set(imageRef('redis:7'), imageOf(imageRef('redis:7')));
  // Two entries may lead to the same machine.
  const [first, second] = hosts;
  if (first !== undefined && second !== undefined && random.below(4) === 0)
    world.fleet.hosts.set(second, world.fleet.hosts.get(first)!);
  const foreign = [...world.fleet.hosts.values()].map(({ engine }) => ({
    engine: engine.id,
    container: engine.foreign(random.below(2) === 0 ? 'tm-somebody' : 'database'),
  }));
  const sample: SampleOptions = {
    hosts,
    commands,
    peers: peers.map((name, index) => ({ name, bootstrap: index === 0 ? [] : [peers[random.below(index)]!] })),
    // Longer than all restarts of a peer together, which it may be told in one moment.
    spec: { timeouts: { startupSeconds: 20, shutdownSeconds: 100 } },
  };
  return { world, sample, foreign, random };
}

function makeTrouble({ world, random, sample }: Life): void {
  world.tempers.clear();
  for (const peer of sample.peers ?? []) {
    if (typeof peer === 'string' || random.below(5) !== 0) continue;
    world.tempers.set(peer.name, badTemper(random));
  }
  const likelihood = random.below(3) === 0 ? 0.03 : 0;
  world.interfere = ({ name, engine, moment }) => {
    if (random.fraction() >= likelihood) return undefined;
    if (random.below(2) === 0) return world.clock.sleepUntil(world.clock.now() + random.below(3000));
    const message = `${name} on ${engine} failed ${moment} it was done`;
    throw new TmError({ kind: 'unreachable', what: 'docker', message });
  };
  if (random.below(4) === 0) world.fleet.control?.images.set(PEER_IMAGE, imageOf(PEER_IMAGE, String(random.below(3))));
}

function badTemper(random: SeededEntropy): Temper {
  switch (random.below(5)) {
    case 0:
      return { ...GOOD, mute: true };
    case 1:
      return {
        ...GOOD,
        crash: { afterMs: random.below(12_000), exitCode: random.below(256), oomKilled: random.below(2) === 0 },
      };
    case 2:
      return { ...GOOD, hangsAfter: random.below(4) };
    case 3:
      return { ...GOOD, rude: true };
    default:
      return { ...GOOD, startMs: random.below(8000), workMs: random.below(400) };
  }
}

function calm({ world }: Life): void {
  world.tempers.clear();
  world.interfere = undefined;
  world.redis.restoreConnections();
}

async function apply(life: Life, cleanup: 'keep' | 'after-timeline' | 'always') {
  const mine: TmEvent[] = [];
  const { world, sample } = life;
  const run = runTest(world.boot(), { desired: sampleDesired(sample), cleanup, reset: 'none' }, [
    (event) => mine.push(event),
  ]);
  const outcome: Outcome = await runUntilSettled(world.clock, run.outcome);
  return { outcome, mine };
}

/** An apply that may be stopped, lose its Redis, its engines or its disk, or be killed in the middle. */
async function applyUnderTrouble(life: Life, mine: TmEvent[]): Promise<void> {
  const { world, sample, random } = life;
  world.present.clear();
  const cleanup = (['keep', 'after-timeline', 'always'] as const)[random.below(3)] ?? 'keep';
  const disk = { full: false };
  const run = runTest(withDisk(world.boot(), disk), { desired: sampleDesired(sample), cleanup, reset: 'none' }, [
    (event) => mine.push(event),
  ]);
  const later = () => runFor(world.clock, random.below(15_000));
  switch (random.below(10)) {
    case 0:
      await later();
      run.stop('SIGINT');
      break;
    case 1:
      await later();
      world.redis.loseConnections();
      await runFor(world.clock, random.below(4000));
      world.redis.restoreConnections();
      break;
    case 2:
      await later();
      return await die(life);
    case 3:
      await later();
      if (world.redis.running !== undefined) world.redis.stop();
      break;
    case 4:
      await later();
      for (const { engine } of world.fleet.hosts.values()) engine.loseListeners('the engine stays away');
      break;
    case 5:
      await later();
      disk.full = true;
      break;
    case 6:
      await until(world, mine, 'tearingDown');
      run.stop('SIGTERM');
      await runFor(world.clock, random.below(100));
      run.stop('SIGINT');
      break;
    case 7:
      await later();
      run.stop('SIGINT');
      await runFor(world.clock, random.below(1000));
      return await die(life);
  }
  const outcome = await runUntilSettled(world.clock, run.outcome);
  expect(world.disk.tests.get(sampleDesired(sample).spec.test)?.lock, 'whatever happened, the lock is free').toBe(
    undefined,
  );
  expect(mine.at(-1)?.type).toBe('run-ended');
  // One that was never asked to stop, since the test ended while it was to be started again, had no occasion to be rude.
  const restarting = new Set(
    mine.flatMap((event) => (event.type === 'peer-exited' && event.exitCode === 42 ? [event.peer as string] : [])),
  );
  const bad = [...world.present].some(
    ([name, { mute, hangsAfter, rude }]) => mute || hangsAfter === 0 || (rude && !restarting.has(name)),
  );
  if (bad) expect(outcome.exitCode, 'a peer that misbehaves never makes a green run').not.toBe(0);
}

/** tm is killed; sometimes the next thing is a destroy that knows only what `.tm/` remembers. */
async function die({ world, random }: Life): Promise<void> {
  world.kill();
  if (random.below(2) === 0) return;
  world.interfere = undefined;
  const state = [...world.disk.tests.values()][0]?.state;
  if (state === undefined) return;
  const request = { desired: desiredOfState(state), images: false };
  const outcome = await runUntilSettled(world.clock, destroyTest(world.boot(), request, []));
  expect(outcome, 'a destroy after a crash leaves nothing').toEqual({ faults: [], left: [], exitCode: 0 });
  checkGone(world);
}

/** Plays until a run has come to a phase, or has ended. */
async function until(world: SimulatedWorld, mine: readonly TmEvent[], phase: string): Promise<void> {
  const there = () => mine.some((one) => one.type === 'run-ended' || (one.type === 'phase' && one.phase === phase));
  for (let turns = 0; !there() && turns < 200_000; turns++) await runFor(world.clock, 1);
}

/** The world with a journal that cannot be written while the disk is full. */
function withDisk(world: World, disk: { readonly full: boolean }): World {
  const open: World['stores']['open'] = (test) => {
    const store = world.stores.open(test);
    const openRun: typeof store.openRun = async (run) => {
      const there = await store.openRun(run);
      const journal: typeof there.journal = async (lines) => {
        if (disk.full) throw new TmError({ kind: 'failed', message: 'the disk is full' });
        await there.journal(lines);
      };
      return { ...there, journal };
    };
    return { ...store, openRun };
  };
  return { ...world, stores: { ...world.stores, open } };
}

/** Nothing of ours stands anywhere. */
function checkGone(world: SimulatedWorld): void {
  for (const { engine } of world.fleet.hosts.values())
    expect([...engine.containers.values()].filter(({ labels }) => labels !== undefined)).toEqual([]);
  expect(world.redis.running).toBeUndefined();
}

/** Every container was told a beginning of its peer's commands, in the order of the file (after bootstrap), then shutdown. */
function checkOrder({ world, sample }: Life): void {
  for (const { engine } of new Set(world.fleet.hosts.values())) {
    for (const { id, labels } of engine.containers.values()) {
      const taken = (world.diaries.get(id)?.taken ?? []).filter(
        (word) => !word.startsWith('peer|') && word !== 'shutdown',
      );
      const due = (sample.commands ?? []).filter(([, peer]) => peer === labels?.peer).map(([, , word]) => word);
      expect(due.slice(0, taken.length)).toEqual(taken);
    }
  }
}

function checkJournal(events: readonly TmEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const times = events.map(({ atMs }) => atMs);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
  expect(JSON.stringify(events)).not.toMatch(/redis:\/\/[^"]*:[0-9a-f]{48}@/);
}

function checkForeign({ world, foreign }: Life): void {
  for (const { engine, container } of foreign) {
    const there = [...world.fleet.hosts.values()]
      .find((host) => host.engine.id === engine)
      ?.engine.containers.get(container.id);
    expect(there).toMatchObject({ state: 'running', starts: 0 });
  }
}
