import { readdir, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { type Bench, everythingOurs, hostsYaml, startBenchWithReferencePeer } from './harness.ts';

const PEERS = ['alice', 'bob', 'charlie', 'dave', 'eve'];

let bench: Bench;

beforeAll(async () => {
  bench = await startBenchWithReferencePeer(2);
});

// What a failed test left would be in the way of the next.
afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

/** The five-peer test with the reference peer, over SSH on two hosts. */
const fivePeers = (name: string) => `
name: ${name}
redis: { port: 7411, image: ${bench.bed.images.redis} }
images: [the-mule/reference-peer:1]
timeout: { startup: 30, shutdown: 10 }
hosts:
${hostsYaml(bench.bed)}
peers:
  - { name: alice,   image: the-mule/reference-peer:1 }
  - { name: bob,     image: the-mule/reference-peer:1, bootstrap: [alice] }
  - { name: charlie, image: the-mule/reference-peer:1, bootstrap: [alice] }
  - { name: dave,    image: the-mule/reference-peer:1, bootstrap: [bob] }
  - { name: eve,     image: the-mule/reference-peer:1, bootstrap: [charlie] }
commands:
${PEERS.map((peer) => `  - { time: 0, peer: ${peer}, command: connect }`).join('\n')}
  - { time: 1, peer: alice, command: "push|eve|hello-from-alice" }
  - { time: 2, peer: dave, command: "restart|1" }
  - { time: 2, peer: eve, command: "push|bob|one" }
  - { time: 2, peer: eve, command: "push|bob|two" }
  - { time: 2, peer: eve, command: "push|bob|three" }
  - { time: 5, peer: bob, command: pull }
`;

const of = <T extends TmEvent['type']>(events: readonly TmEvent[], type: T) =>
  events.filter((event): event is Extract<TmEvent, { type: T }> => event.type === type);

describe('five peers on two real Docker hosts over SSH', () => {
  test('are planned, applied, driven through their timeline, shut down and cleaned up', async () => {
    const config = await bench.config('five.yaml', fivePeers('five'));
    const plan = await bench.tm('plan', config, '--detailed-exitcode');
    expect(plan).toMatchObject({ code: 2, stderr: '' });
    expect(plan.stdout).toMatch(/\+ image +the-mule\/reference-peer:1 /);
    expect(plan.stdout).toMatch(/Plan: .*to add/);
    expect(await everythingOurs(bench.bed), 'a plan changes nothing').toEqual([]);

    const apply = await bench.tm('apply', config);
    expect(apply.stdout + apply.stderr).toContain('passed');
    expect(apply.code).toBe(0);

    const events = await bench.journal('five');
    const sent = of(events, 'command-sent').map(({ peer, command }) => `${peer} ${command}`);
    expect(sent).toEqual([
      ...PEERS.map((peer) => `${peer} connect`),
      'alice push|eve|hello-from-alice',
      'dave restart|1',
      'eve push|bob|one',
      'eve push|bob|two',
      'eve push|bob|three',
      'bob pull',
    ]);
    expect(of(events, 'command-taken').filter(({ index }) => index !== undefined)).toHaveLength(11);
    for (const { sentMs, dueMs } of of(events, 'command-sent')) expect(sentMs).toBeGreaterThanOrEqual(dueMs);
    const last = new Map(of(events, 'peer-status').map(({ peer, status }) => [peer, status]));
    expect([...last.values()]).toEqual(PEERS.map(() => 'stopped'));
    const lines = of(events, 'log').filter(
      ({ peer, message }) => peer === 'bob' && /got (one|two|three)/.test(message),
    );
    expect(lines.map(({ message }) => /one|two|three/.exec(message)?.[0])).toEqual(['one', 'two', 'three']);
    expect(of(events, 'log').some(({ peer, message }) => peer === 'eve' && message.includes('hello-from-alice'))).toBe(
      true,
    );

    expect(await everythingOurs(bench.bed), 'nothing labelled is left').toEqual([]);
    for (const host of bench.bed.hosts)
      expect(await readdir(host.home), 'config directories into which nobody put anything are gone').not.toContain(
        'peer-config',
      );
    expect(await bench.runFile('five', 'run.log')).toContain('hello-from-alice');
    expect(JSON.stringify(events)).not.toMatch(/default:[0-9a-f]{48}@/);
  });

  test('a plan after --keep explains what the timeline used up, and destroy finds everything from .tm/ alone', async () => {
    const config = await bench.config('kept.yaml', fivePeers('kept'));
    expect(await bench.tm('apply', config, '--keep')).toMatchObject({ code: 0 });
    const plan = await bench.tm('plan', config, '--detailed-exitcode', '--json');
    expect(plan.code).toBe(2);
    const { changes } = (JSON.parse(plan.stdout) as { plan: Plan }).plan;
    const containers = changes.filter(({ resource }) => resource.kind === 'container');
    expect(containers).toHaveLength(5);
    for (const { kind, because } of containers) {
      expect(kind).toBe('replace');
      expect(because).toMatch(/went through a timeline/);
    }
    expect(changes.filter(({ resource }) => resource.kind !== 'container').map(({ kind }) => kind)).toEqual(
      expect.not.arrayContaining(['add', 'update', 'replace', 'remove', 'conflict']),
    );

    await rm(config);
    expect(await everythingOurs(bench.bed)).toHaveLength(6);
    const destroy = await bench.tm('destroy');
    expect(destroy.stderr).not.toContain('still there');
    expect(destroy.code).toBe(0);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });

  test('watch shows history and what happens, to several at once, and takes nothing from the run', async () => {
    const config = await bench.config('watched.yaml', fivePeers('watched'));
    const apply = bench.start('apply', config);
    await apply.saw(/hello-from-alice/);
    const watchers = [
      bench.start('watch', config),
      bench.start('watch', config, '--json'),
      bench.start('watch', '--peer', 'eve'),
    ];
    expect((await apply.done).code).toBe(0);
    const [plain, json, eve] = await Promise.all(watchers.map(({ done }) => done));
    expect([plain?.code, json?.code, eve?.code]).toEqual([0, 0, 0]);
    expect(plain?.stdout).toMatch(/watching watched-/);
    expect(plain?.stdout).toContain('hello-from-alice');
    expect(plain?.stdout).toContain('passed');
    expect(eve?.stdout).not.toMatch(/^ *[\d.]+s +dave/m);
    const seen = (json?.stdout ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TmEvent);
    const journal = await bench.journal('watched');
    const upTo = journal.findIndex(({ type }) => type === 'verdict') + 1;
    expect(seen.slice(0, upTo)).toEqual(journal.slice(0, upTo));
  });

  test('kill -9 of a peer in the middle of a run is noticed at once, named, and fails the run', async () => {
    const config = await bench.config('killed.yaml', fivePeers('killed'));
    const apply = bench.start('apply', config);
    await apply.saw(/hello-from-alice/);
    const host = bench.bed.hosts.find(({ name }) => name === 'h1')!;
    const charlie = JSON.parse(await engineRequest(host.dockerSocket, '/containers/tm-charlie/json')) as {
      readonly State: { readonly Pid: number };
    };
    const killedAt = Date.now();
    await host.run('kill', ['-9', String(charlie.State.Pid)]);
    const result = await apply.done;
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/charlie .*137/);
    const died = of(await bench.journal('killed'), 'peer-died');
    expect(died).toMatchObject([{ peer: 'charlie', exitCode: 137, oomKilled: false }]);
    // Usually a tenth of a second (bench/notice.ts measures it); the machine may be busy with other tests.
    expect(Date.parse(died[0]?.time ?? '') - killedAt).toBeLessThan(3000);
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });
});
