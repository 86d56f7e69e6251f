import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';
import { logKey, statusKey } from '../../../src/model/wire.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { CuttableWire } from '../../contract/bus-wire.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { seeded, seedOfToday } from './seeded.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');
const bob = peerName('bob');
const peers = [alice, bob];

/** As tm sets it in a Redis of its own. */
const MANAGED = ['--repl-diskless-sync-delay', '0'];

const open: AsyncDisposable[] = [];
let server: PrivateRedis;
let admin: Redis;

const begin = async (args: readonly string[] = [], database = 0, credentials = ''): Promise<Bus> => {
  server = await PrivateRedis.start(args);
  open.push(server);
  admin = await server.client(database, credentials);
  return connect(database, credentials);
};
const connect = async (database = 0, credentials = ''): Promise<Bus> => {
  const bus = await redisBuses().connect(new Secret(server.url(database, credentials)), signal);
  open.push(bus);
  return bus;
};
const seen = (told: Recorder, peer = alice): string[] =>
  told.statuses.filter((report) => report.peer === peer).map(({ status }) => status);
const counted = (told: Recorder, peer = alice): number =>
  told.statuses.filter((report) => report.peer === peer).reduce((sum, { missed }) => sum + 1 + missed, 0);
const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `s${from + i}`);
const flip = async (client: Redis, words: readonly string[], peer = alice): Promise<void> => {
  await Promise.all(words.map((word) => client.set(statusKey(peer), word)));
};
const replicas = async (): Promise<number> =>
  Number(/connected_slaves:(\d+)/.exec(String(await admin.info('replication')))?.[1]);

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

describe('the replication stream', () => {
  test('is read with a password, of a database that is not the first, and of no other', async () => {
    const bus = await begin(['--requirepass', 'x y'], 3, ':x%20y');
    const elsewhere = await server.client(2, ':x%20y');
    expect(await bus.replicate(peers, signal)).toBe(true);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    await Promise.all([flip(admin, numbers(200)), flip(elsewhere, numbers(200)), flip(admin, numbers(200), bob)]);
    await listening.drain(signal);
    expect(seen(told)).toEqual(numbers(200));
    expect(seen(told, bob)).toEqual(numbers(200));
    expect(new Set(told.statuses.map(({ via }) => via))).toEqual(new Set(['replication']));
  });

  test('is one connection more, which goes with the listening; the settings are put back', async () => {
    const bus = await begin();
    const settings = async () => admin.config('GET', 'repl-diskless-sync*');
    const before = await settings();
    await bus.replicate(peers, signal);
    expect(await settings()).toEqual(before);
    const listening = await bus.listen(smoke, peers, new Recorder(), signal);
    expect(String(await admin.call('client', 'list'))).toMatch(/name=tm-replica /);
    expect(await replicas()).toBe(1);
    await listening[Symbol.asyncDispose]();
    await expect.poll(replicas).toBe(0);
    expect(await settings()).toEqual(before);
  });

  test('is closed with a bus that nobody listened to', async () => {
    const bus = await begin();
    await bus.replicate(peers, signal);
    await bus[Symbol.asyncDispose]();
    await expect.poll(replicas).toBe(0);
  });

  test.each([
    ['a snapshot of known length', ['--repl-diskless-sync', 'no', '--rename-command', 'CONFIG', '']],
    ['one with a mark at its end', ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0']],
  ])('begins behind %s, which is not read', async (_name, args) => {
    const bus = await begin(args);
    // Whatever stands in the snapshot: what looks like commands, and much of it.
    await admin.set('noise', '*3\r\n$3\r\nSET\r\n$12\r\nalice_status\r\n$4\r\nfake\r\n'.repeat(50_000));
    await admin.set(statusKey(bob), 'started');
    expect(await bus.replicate(peers, signal)).toBe(true);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    await flip(admin, numbers(50));
    await listening.drain(signal);
    expect([seen(told), seen(told, bob)]).toEqual([numbers(50), ['started']]);
  });

  test.each([
    ['PSYNC', 'the access list', ['-psync']],
    ['REPLCONF', 'the access list', ['-replconf']],
  ])('is not had where %s is refused by %s: then notifications are', async (_name, _by, rules) => {
    await begin();
    await admin.call('acl', 'setuser', 'tm', 'on', '>pw', '~*', '&*', '+@all', ...rules);
    const bus = await connect(0, 'tm:pw');
    expect(await bus.replicate(peers, signal)).toBe(false);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    expect(listening.precision).toBe('notified');
    await flip(admin, numbers(50));
    await listening.drain(signal);
    expect(counted(told)).toBe(50);
    expect(await replicas()).toBe(0);
  });

  test('that does not flow in time is done without', async () => {
    // The server waits for more replicas, and its setting is not ours to change.
    const bus = await begin(['--repl-diskless-sync-delay', '60', '--rename-command', 'CONFIG', '']);
    expect(await bus.replicate(peers, signal)).toBe(false);
    await expect.poll(replicas).toBe(0);
  });

  test('tells what every way of writing does', async () => {
    const bus = await begin();
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    const key = statusKey(alice);
    await admin.set(key, 'set', 'EX', 100);
    await admin.setnx(key, 'not set');
    await admin.setex(key, 100, 'setex');
    await admin.psetex(key, 100_000, 'psetex');
    await admin.getset(key, 'getset');
    await admin.call('set', key, 'set get', 'GET');
    await admin.mset(statusKey(bob), 'mset', 'other', 'x', key, 'mset');
    await admin.multi().set(key, 'multi 1').set(key, 'multi 2').exec();
    await admin.eval(`redis.call('SET', KEYS[1], 'lua 1') redis.call('SET', KEYS[1], 'lua 2')`, 1, key);
    await admin.del(key);
    await admin.setnx(key, 'setnx');
    await listening.drain(signal);
    const exact = ['set', 'setex', 'psetex', 'getset', 'set get', 'mset', 'multi 1', 'multi 2', 'lua 1', 'lua 2'];
    expect(seen(told)).toEqual([...exact, 'setnx']);
    expect(seen(told, bob)).toEqual(['mset']);
    // What can only be read is read.
    await admin.append(key, ' and more');
    await told.until(({ statuses }) => statuses.at(-1)?.status === 'setnx and more');
    await admin.set('made elsewhere', 'renamed');
    await admin.rename('made elsewhere', key);
    await told.until(({ statuses }) => statuses.at(-1)?.status === 'renamed');
    await admin.flushall();
    await admin.set(key, 'renamed');
    await listening.drain(signal);
    expect(seen(told).slice(-3)).toEqual(['setnx and more', 'renamed', 'renamed']);
  });

  test('carries values of any size, and a flood beside them', async () => {
    const bus = await begin();
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    const line = `info|${'x'.repeat(3 << 20)}`;
    const words = ['short', 'b'.repeat(200_000), 'short again', 'ж🐎'.repeat(1_000), ''];
    for (const word of words) {
      await admin.lpush(logKey(alice), line, 'info|one');
      await admin.set(statusKey(alice), word);
    }
    await listening.drain(signal);
    expect(seen(told)).toEqual(words);
    expect(told.messages(alice).filter((message) => message === 'one')).toHaveLength(5);
    // Longer than what is kept of one command: it is read.
    const huge = 'h'.repeat(5 << 20);
    await admin.set(statusKey(alice), huge);
    await told.until(({ statuses }) => statuses.at(-1)?.status === huge);
    await admin.set(statusKey(alice), 'after');
    await listening.drain(signal);
    expect(seen(told).slice(5)).toEqual([huge, 'after']);
  });
});

describe('a link of the replication stream that breaks', () => {
  test('in the middle of bursts, again and again, hides nothing and tells nothing twice', async () => {
    const seed = seedOfToday();
    const random = seeded(seed);
    const bus = await begin();
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    const writers = [await server.client(), await server.client()];
    let kills = 0;
    for (let round = 0; round < 60; round++) {
      const words = numbers(100, round * 100);
      const writing = Promise.all(peers.map((peer, i) => flip(writers[i]!, words, peer)));
      if (random() < 0.7) {
        await sleep(random() * 3);
        kills += Number(await admin.call('client', 'kill', 'type', 'replica'));
      }
      await writing;
      if (random() < 0.3) await listening.drain(signal);
    }
    await listening.drain(signal);
    const context = `seed ${seed}, ${kills} kills`;
    expect(kills, context).toBeGreaterThan(10);
    for (const peer of peers) expect(seen(told, peer), context).toEqual(numbers(6_000));
    expect(listening.precision).toBe('replicated');
    expect(told.connection).toEqual([]);
  });

  test('for longer than the server remembers is told: what is not seen is counted', async () => {
    const bus = await begin([...MANAGED, '--repl-backlog-size', '16kb']);
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    for (let round = 0; round < 10; round++) {
      await flip(admin, numbers(50, round * 200));
      // In one go, so that the link is not made again in between.
      await admin
        .multi()
        .call('client', 'kill', 'type', 'replica')
        .set(statusKey(alice), 'hidden 1')
        .set(statusKey(alice), 'hidden 2')
        .set('noise', 'x'.repeat(100_000))
        .set(statusKey(bob), 'connected')
        .set(statusKey(alice), 'standing')
        .exec();
      await flip(admin, numbers(100, round * 200 + 50));
      await listening.drain(signal);
      expect(counted(told)).toBe((round + 1) * 153);
      expect(seen(told).at(-1)).toBe(`s${round * 200 + 149}`);
      expect(counted(told, bob)).toBe(round + 1);
      await expect.poll(() => listening.precision).toBe('replicated');
      await listening.drain(signal);
    }
    const before = told.statuses.length;
    await flip(admin, numbers(500));
    await listening.drain(signal);
    expect(told.statuses.slice(before)).toEqual(
      numbers(500).map((status) => ({ peer: alice, status, missed: 0, via: 'replication' })),
    );
  });

  test('and of a peer that streams its statuses, nothing is hidden even then', async () => {
    const bus = await begin([...MANAGED, '--repl-backlog-size', '16kb']);
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    for (let round = 0; round < 10; round++) {
      const batch = admin.multi().call('client', 'kill', 'type', 'replica').set('noise', 'x'.repeat(100_000));
      for (let i = 0; i < 20; i++) {
        const word = `s${round * 20 + i}`;
        batch.call('xadd', 'alice_statuses', '*', 'status', word, 'at', '1', 'report', word);
        batch.set(statusKey(alice), word);
      }
      await batch.exec();
      await listening.drain(signal);
    }
    expect(seen(told)).toEqual(numbers(200));
    expect(told.statuses.every(({ missed, reportedAt }) => missed === 0 && reportedAt !== undefined)).toBe(true);
  });

  test('without anybody noticing is made anew when a read finds it behind, and done without when that does not help', async () => {
    const bus = await begin(MANAGED);
    await using wire = await CuttableWire.to(server.port);
    const wired = await redisBuses().connect(new Secret(`redis://127.0.0.1:${wire.port}/0`), signal);
    open.push(wired);
    await bus[Symbol.asyncDispose]();
    await wired.replicate(peers, signal);
    const told = new Recorder();
    const listening = await wired.listen(smoke, peers, told, signal);
    wire.silenceReplicas(true);
    await flip(admin, numbers(30));
    await listening.drain(signal);
    expect(listening.precision).toBe('notified');
    expect(counted(told)).toBe(30);
    wire.silenceReplicas(false);
    await flip(admin, numbers(30, 30));
    await listening.drain(signal);
    expect(counted(told)).toBe(60);
    expect(told.connection).toEqual([]);
  }, 30_000);

  test('with its server, which comes back with or without its data, is made again', async () => {
    for (const args of [['--appendonly', 'yes', '--appendfsync', 'always'], [], MANAGED]) {
      const bus = await begin(args);
      await bus.replicate(peers, signal);
      const told = new Recorder();
      const listening = await bus.listen(smoke, peers, told, signal);
      await flip(admin, numbers(50));
      await server.restart();
      await told.until(({ connection }) => connection.includes('restored'));
      await flip(admin, numbers(50, 50));
      await listening.drain(signal);
      expect(counted(told)).toBe(100);
      await expect.poll(() => listening.precision, { timeout: 8_000 }).toBe('replicated');
      await listening.drain(signal);
      const before = told.statuses.length;
      await flip(admin, numbers(200));
      await listening.drain(signal);
      expect(told.statuses.slice(before).map(({ status }) => status)).toEqual(numbers(200));
    }
  });

  test('when it is no longer allowed at all leaves the run with notifications', async () => {
    await begin();
    await admin.call('acl', 'setuser', 'tm', 'on', '>pw', '~*', '&*', '+@all');
    const bus = await connect(0, 'tm:pw');
    await bus.replicate(peers, signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    await flip(admin, numbers(20));
    await admin.call('acl', 'setuser', 'tm', '-psync');
    await admin.call('client', 'kill', 'type', 'replica');
    await flip(admin, numbers(20, 20));
    await expect.poll(() => listening.precision).toBe('notified');
    await flip(admin, numbers(20, 40));
    await listening.drain(signal);
    expect(counted(told)).toBe(60);
    expect(told.statuses.at(-1)).toMatchObject({ status: 's59', via: 'notification' });
  });
});
