import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import { provideImage } from '../testbed/images.ts';
import { type Bench, endForeign, everythingOurs, hostsYaml, startBench, startForeign } from './harness.ts';
import { startPrivateRedis } from './private-redis.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench(2);
});

// What a failed test left would be in the way of the next.
afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

/** Peers that are a shell script with redis-cli: they know the wire and nothing else. */
const plainPeers = (name: string, peers: readonly string[], commands: string, more = '') => `
name: ${name}
redis: { port: 7421, image: ${bench.bed.images.redis} }
timeout: { startup: 30, shutdown: 10 }
${more}
hosts:
${hostsYaml(bench.bed)}
peers:
${peers.map((peer) => `  - { name: ${peer}, image: ${bench.bed.images.plainPeer} }`).join('\n')}
commands:
${commands}
`;

const logsOf = (events: readonly TmEvent[], peer: string) =>
  events.flatMap((event) => (event.type === 'log' && event.peer === peer ? [event.message] : []));

describe('peers that only know the plain wire', () => {
  test('every line that they wrote is there in their order, after a long silence and in a burst; commands come as in the file', async () => {
    const config = await bench.config(
      'plain.yaml',
      plainPeers(
        'plain',
        ['alice', 'bob'],
        `  - { time: 0, peer: alice, command: "say|first" }
  - { time: 1, peer: bob, command: "burst|1000" }
  - { time: 2, peer: bob, command: c }
  - { time: 2, peer: bob, command: a }
  - { time: 2, peer: bob, command: b }
  - { time: 12, peer: alice, command: "say|after a long silence" }
`,
      ),
    );
    const { code, stdout, stderr } = await bench.tm(config);
    expect(code, stdout + stderr).toBe(0);
    const events = await bench.journal('plain');
    expect(logsOf(events, 'alice')).toEqual([
      'got say|first',
      'first',
      'got say|after a long silence',
      'after a long silence',
      'got shutdown',
    ]);
    expect(logsOf(events, 'bob')).toEqual([
      'got burst|1000',
      ...Array.from({ length: 1000 }, (_, index) => `burst ${index + 1}`),
      'got c',
      'got a',
      'got b',
      'got shutdown',
    ]);
    const runLog = await bench.runFile('plain', 'run.log');
    const places = ['got say|first', 'burst 1000', 'got c\n', 'got a\n', 'got b\n', 'got say|after a long silence'].map(
      (text) => runLog.indexOf(text),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test('a container that ends with 42 is started again by tm after the delay', async () => {
    const config = await bench.config(
      'again.yaml',
      plainPeers(
        'again',
        ['alice'],
        `  - { time: 0, peer: alice, command: "restart|1" }\n  - { time: 3, peer: alice, command: connect }`,
      ),
    );
    const { code, stdout, stderr } = await bench.tm(config);
    expect(code, stdout + stderr).toBe(0);
    const statuses = (await bench.journal('again')).flatMap((event) =>
      event.type === 'peer-status' ? [event.status] : [],
    );
    expect(statuses.filter((status) => status !== 'connecting')).toEqual([
      'started',
      'restarting',
      'started',
      'connected',
      'stopped',
    ]);
  });

  test('a peer that dies of memory, one that hangs and one that crashes: each named with its reason', async () => {
    const config = await bench.config(
      'bad.yaml',
      plainPeers(
        'bad',
        ['alice', 'bob', 'carol'],
        `  - { time: 0, peer: alice, command: "crash|7" }
  - { time: 0, peer: bob, command: hang }
  - { time: 1, peer: bob, command: connect }
  - { time: 1, peer: alice, command: connect }`,
      ).replace('shutdown: 10', 'shutdown: 2'),
    );
    const { code, stdout } = await bench.tm(config);
    expect(code).toBe(1);
    expect(stdout).toMatch(/alice died: exited with 7/);
    expect(stdout).toMatch(/bob did not take "connect"/);
    expect(stdout).toMatch(/bob did not report stopped within 2 s/);
    expect(await everythingOurs(bench.bed), 'also a peer that hangs is removed').toEqual([]);
  });

  test.each([
    ['it plans', /· 3 peers/],
    ['it applies', /planned/],
    ['peers start', /ready/],
    ['the timeline runs', /connected/],
  ])('SIGINT while %s ends with 130 and leaves nothing behind', async (_phase, pattern) => {
    const config = await bench.config(
      'stopped.yaml',
      plainPeers(
        'stopped',
        ['alice', 'bob', 'carol'],
        `  - { time: 0, peer: alice, command: connect }\n  - { time: 60, peer: bob, command: connect }`,
      ),
    );
    const running = bench.start(config);
    await running.saw(pattern);
    running.child.kill('SIGINT');
    const { code, ms } = await running.done;
    expect(code).toBe(130);
    expect(ms).toBeLessThan(40_000);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test('a host that goes down during the apply leaves the rest, and the next apply goes on from there', async () => {
    const config = await bench.config(
      'down.yaml',
      plainPeers('down', ['alice', 'bob', 'carol', 'dave'], `  - { time: 0, peer: alice, command: connect }`),
    );
    const [, second] = bench.bed.hosts;
    await second!.stopSsh();
    const refused = await bench.tm('apply', config);
    expect(refused.code).toBe(4);
    expect(refused.stdout + refused.stderr).toMatch(/h2/);
    expect(await everythingOurs(bench.bed), 'a host that is down at the start: nothing was touched').toEqual([]);
    await second!.startSsh();

    // A port that is taken makes one container of h2 fail, in the middle of the apply.
    await provideImage(second!.dockerSocket, 'base');
    const squatter = await startForeign(second!, bench.bed.images.base, 'squatter', 11985);
    const broken = await bench.tm('apply', config);
    expect(broken.code, broken.stdout + broken.stderr).toBe(1);
    const made = await everythingOurs(bench.bed);
    expect(made).toContain('tm-alice running');
    expect(await endForeign(second!, squatter)).toBe(true);
    const plan = await bench.tm('plan', config, '--json');
    const { changes } = (JSON.parse(plan.stdout) as { plan: Plan }).plan;
    const kinds = new Map(changes.map(({ kind, resource }) => ['name' in resource ? resource.name : '', kind]));
    expect([kinds.get('tm-alice'), kinds.get('tm-bob'), kinds.get('tm-carol')]).toEqual(['keep', 'keep', 'keep']);
    const repaired = await bench.tm('apply', config);
    expect(repaired.code, repaired.stdout + repaired.stderr).toBe(0);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test.each([
    ['while it applies', /planned/],
    ['while the timeline runs', /connected/],
  ])('a tm that is killed %s is repaired by the next one', async (_when, pattern) => {
    const config = await bench.config(
      'dead.yaml',
      plainPeers(
        'dead',
        ['alice', 'bob', 'carol'],
        `  - { time: 0, peer: alice, command: connect }\n  - { time: 3, peer: bob, command: connect }`,
      ),
    );
    const killed = bench.start('apply', config);
    await killed.saw(pattern);
    killed.child.kill('SIGKILL');
    expect((await killed.done).code).toBe(null);
    const next = await bench.tm('apply', config);
    expect(next.code, next.stdout + next.stderr).toBe(0);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test('an external Redis is used as it is, its database and password honoured, and left as it was', async () => {
    const redis = await startPrivateRedis(bench.bed.control.address);
    const before = await redis.notifications();
    try {
      const config = await bench.config(
        'external.yaml',
        plainPeers(
          'external',
          ['alice', 'bob'],
          `  - { time: 0, peer: alice, command: connect }\n  - { time: 1, peer: bob, command: connect }`,
        ),
      );
      const { code, stdout, stderr } = await bench.tm(config, '--redis-url', redis.url(5));
      expect(code, stdout + stderr).toBe(0);
      expect(stdout + stderr).not.toContain(redis.password);
      expect(await redis.keys(0)).toEqual([]);
      // What watchers may still read expires by itself.
      for (const key of await redis.keys(5)) expect(key).toMatch(/^tm:(events|used):external/);
      expect(await redis.notifications()).toBe(before);
      expect((await bench.tm('destroy', config, '--redis-url', redis.url(5))).code).toBe(0);
      expect(await redis.keys(5)).toEqual([]);
    } finally {
      await redis.stop();
    }
  });

  test('two runs of one test: the second is told who holds it', async () => {
    const config = await bench.config(
      'locked.yaml',
      plainPeers('locked', ['alice'], `  - { time: 5, peer: alice, command: connect }`),
    );
    const one = bench.start(config);
    await one.saw(/alice/);
    const two = await bench.tm(config);
    expect(two.code).toBe(5);
    expect(two.stdout + two.stderr).toMatch(/in use by another run: .*process \d+/);
    const first = await one.done;
    expect(first.code, first.stdout + first.stderr).toBe(0);
  });

  test("somebody else's container of the same name is a conflict, and is not touched", async () => {
    const config = await bench.config(
      'foreign.yaml',
      plainPeers('foreign', ['alice'], `  - { time: 0, peer: alice, command: connect }`),
    );
    const [host] = bench.bed.hosts;
    await provideImage(host!.dockerSocket, 'base');
    const id = await startForeign(host!, bench.bed.images.base, 'tm-alice');
    const result = await bench.tm(config);
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).toMatch(/somebody else's/);
    expect(await endForeign(host!, id)).toBe(true);
  });
});
