import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { LockHolder } from '../../../src/model/fault.ts';
import { type PeerName, peerName, testName } from '../../../src/model/names.ts';
import { commandKey, statusKey } from '../../../src/model/wire.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { CuttableWire } from '../../contract/bus-wire.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { seeded, seedOfToday } from './seeded.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');

let server: PrivateRedis;
let peer: Redis;
let bus: Bus;

beforeEach(async () => {
  server = await PrivateRedis.start();
  peer = await server.client();
  bus = await redisBuses().connect(new Secret(server.url()), signal);
});

afterEach(async () => {
  await bus[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const connections = async (): Promise<string[]> =>
  [...String(await peer.call('client', 'list')).matchAll(/ name=(tm\S*) /g)].map(([, name]) => name!).sort();

test.each([5, 500])('%d peers need two connections, and none is left at the end', async (count) => {
  expect(await connections()).toEqual(['tm']);
  const peers = Array.from({ length: count }, (_, i) => peerName(`p${i}`));
  const told = new Recorder();
  const listening = await bus.listen(smoke, peers, told, signal);
  await Promise.all(peers.map((each) => peer.set(statusKey(each), 'started')));
  await Promise.all(peers.map((each) => peer.lpush(`${each}_log`, 'info|here')));
  await Promise.all(peers.map((each) => bus.send(each, 'connect', signal)));
  await told.until(({ statuses, lines }) => statuses.length === count && lines.length === count);
  expect(await connections()).toEqual(['tm', 'tm-watch']);
  await listening[Symbol.asyncDispose]();
  expect(await connections()).toEqual(['tm']);
  await bus[Symbol.asyncDispose]();
  await expect.poll(connections).toEqual([]);
  const left = await peer.keys('tm:*');
  expect(left).toEqual([]);
});

describe('receipts', () => {
  const takes: [string, (client: Redis, key: string) => Promise<unknown>][] = [
    ['lpop', (client, key) => client.lpop(key)],
    ['lpop of several', (client, key) => client.lpop(key, 2)],
    ['rpop', (client, key) => client.rpop(key)],
    ['brpop', (client, key) => client.brpop(key, 1)],
    ['lmove', (client, key) => client.lmove(key, 'elsewhere', 'LEFT', 'RIGHT')],
    ['lmpop', (client, key) => client.call('lmpop', 1, key, 'LEFT', 'COUNT', 3)],
    ['del', (client, key) => client.del(key)],
    ['ltrim', (client, key) => client.ltrim(key, 1, -1)],
    ['a transaction', (client, key) => client.multi().lpop(key).lpop(key).exec()],
  ];

  test.each(takes)('are given for what a peer takes by %s', async (_name, take) => {
    const told = new Recorder();
    await bus.listen(smoke, [alice], told, signal);
    const numbers = [];
    for (const text of ['a', 'b', 'c', 'd']) numbers.push(await bus.send(alice, text, signal));
    await take(peer, commandKey(alice));
    const left = await peer.llen(commandKey(alice));
    await told.until(({ receipts }) => receipts.length === 4 - left, 1_800);
    expect(told.receipts.map(({ message }) => message)).toEqual(numbers.slice(0, 4 - left));
    await peer.del(commandKey(alice));
    await told.until(({ receipts }) => receipts.length === 4, 1_800);
  });

  test("are not given for messages that stand behind somebody else's", async () => {
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    await peer.rpush(commandKey(alice), 'by hand');
    const message = await bus.send(alice, 'ours', signal);
    await peer.lpop(commandKey(alice));
    await listening.drain(signal);
    expect(told.receipts).toEqual([]);
    await peer.lpop(commandKey(alice));
    await told.until(({ receipts }) => receipts.length === 1);
    expect(told.receipts).toEqual([{ peer: alice, message }]);
  });

  test('of messages that were sent before anyone listened come too', async () => {
    const first = await bus.send(alice, 'a', signal);
    await peer.lpop(commandKey(alice));
    const told = new Recorder();
    await bus.listen(smoke, [alice], told, signal);
    await told.until(({ receipts }) => receipts.length === 1);
    expect(told.receipts).toEqual([{ peer: alice, message: first }]);
  });

  test('are never told before the send that they are for has resolved', async () => {
    const known = new Set<string>();
    const told = new Recorder();
    const strangers: string[] = [];
    const peers = Array.from({ length: 20 }, (_, i) => peerName(`p${i}`));
    const taken = told.taken.bind(told);
    told.taken = (receipt) => {
      if (!known.has(`${receipt.peer} ${receipt.message}`)) strangers.push(`${receipt.peer} ${receipt.message}`);
      taken(receipt);
    };
    await bus.listen(smoke, peers, told, signal);
    let going = true;
    const takers = peers.map(async (each) => {
      const client = await server.client();
      while (going) await client.blpop(commandKey(each), 0.1);
    });
    for (let i = 0; i < 50; i++) {
      await Promise.all(
        peers.map(async (each) => {
          known.add(`${each} ${await bus.send(each, 'go', signal)}`);
        }),
      );
    }
    await told.until(({ receipts }) => receipts.length === 1_000);
    going = false;
    await Promise.all(takers);
    expect(strangers).toEqual([]);
  });
});

describe('statuses', () => {
  test('of peers that change all the time are each told or counted, exactly', async () => {
    const random = seeded(seedOfToday());
    const peers = Array.from({ length: 30 }, (_, i) => peerName(`p${i}`));
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    const sets = new Map<PeerName, string[]>(peers.map((each) => [each, []]));
    const writers = await Promise.all([server.client(), server.client(), server.client()]);
    const writes: Promise<unknown>[] = [];
    for (let i = 0; i < 6_000; i++) {
      const index = Math.floor(random() * peers.length);
      const each = peers[index]!;
      const value = `s${Math.floor(random() * 3)}`;
      sets.get(each)!.push(value);
      // A peer's own writes keep their order.
      writes.push(writers[index % 3]!.set(statusKey(each), value));
      if (random() < 0.1) await sleep(0);
      if (random() < 0.01) await Promise.all(writes.splice(0));
    }
    await Promise.all(writes);
    await listening.drain(signal);
    for (const each of peers) {
      const reports = told.statuses.filter((report) => report.peer === each);
      const wrote = sets.get(each)!;
      // `missed` says how many writes lie between two reports, so each report must be exactly that write.
      let at = -1;
      for (const { status, missed } of reports) {
        at += missed + 1;
        expect(status).toBe(wrote[at]);
      }
      expect(at).toBe(wrote.length - 1);
    }
  });

  test('that are deleted are no reports, and the same word after that is one', async () => {
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    await peer.set(statusKey(alice), 'started');
    await told.until(({ statuses }) => statuses.length === 1);
    await peer.del(statusKey(alice));
    await listening.drain(signal);
    expect(told.statuses).toHaveLength(1);
    await peer.set(statusKey(alice), 'started', 'EX', 100);
    await told.until(({ statuses }) => statuses.length === 2);
    await listening.drain(signal);
    expect(told.statuses).toEqual(Array(2).fill({ peer: alice, status: 'started', missed: 0, via: 'notification' }));
  });
});

describe('the lock', () => {
  const holder = (run: string): LockHolder => ({
    test: 'smoke',
    run,
    pid: process.pid,
    machine: 'm',
    user: 'u',
    since: '2026-01-01T00:00:00.000Z',
  });

  test('runs out thirty seconds after its holder was last heard of', async () => {
    await using other = await redisBuses().connect(new Secret(server.url()), signal);
    await other.lock(holder('one'), signal);
    const lease = await peer.pttl('tm:lock');
    expect(lease).toBeGreaterThan(25_000);
    expect(lease).toBeLessThanOrEqual(30_000);
    await peer.pexpire('tm:lock', 30);
    await expect.poll(async () => 'held' in (await bus.lock(holder('two'), signal))).toBe(true);
  });

  test('is wanted by many at once and given to one', async () => {
    const wire = await CuttableWire.to(server.port);
    const buses = await Promise.all(
      Array.from({ length: 10 }, () => redisBuses().connect(new Secret(`redis://127.0.0.1:${wire.port}`), signal)),
    );
    const locks = await Promise.all(buses.map((each, i) => each.lock(holder(`run ${i}`), signal)));
    expect(locks.filter((lock) => 'held' in lock)).toHaveLength(1);
    await Promise.all(buses.map((each) => each[Symbol.asyncDispose]()));
    await wire[Symbol.asyncDispose]();
  });

  test("that holds nothing readable is in nobody's way", async () => {
    await peer.set('tm:lock', 'garbage');
    expect(await bus.lock(holder('one'), signal)).toHaveProperty('held', true);
  });
});
