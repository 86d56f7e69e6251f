import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';
import { commandKey, logKey, statusKey } from '../../../src/model/wire.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { CuttableWire } from '../../contract/bus-wire.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { seeded, seedOfToday } from './seeded.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const peers = ['alice', 'bob', 'carol'].map(peerName);

describe('breaks', () => {
  test('cut at random bytes, nothing is lost, doubled or reordered, in either direction', async () => {
    const seed = seedOfToday();
    const random = seeded(seed);
    await using server = await PrivateRedis.start();
    await using wire = await CuttableWire.to(server.port);
    await using bus = await redisBuses().connect(new Secret(`redis://127.0.0.1:${wire.port}`), signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    const writer = await server.client();
    const written = 6_000;
    let done = false;

    const writing = (async () => {
      for (let i = 0; i < written; i += 50) {
        const batch = Array.from({ length: 50 }, (_, j) => `info|${i + j}`);
        await Promise.all(peers.flatMap((peer) => batch.map((line) => writer.lpush(logKey(peer), line))));
        await sleep(5);
      }
    })();
    const sent: Promise<number>[] = [];
    const commanding = (async () => {
      for (let i = 0; i < 400; i++) {
        sent.push(bus.send(peers[i % 3]!, `command ${i}`, signal));
        await sleep(2);
      }
    })();
    const taken = new Map(peers.map((peer) => [peer, [] as string[]]));
    const taking = peers.map(async (peer) => {
      const client = await server.client();
      while (!done) {
        const reply = await client.blpop(commandKey(peer), 0.2);
        if (reply !== null) taken.get(peer)!.push(reply[1]);
      }
    });
    let cuts = 0;
    const cutting = (async () => {
      while (!done) {
        if (random() < 0.5) wire.cutAfter(Math.floor(random() * 20_000));
        else wire.cut();
        cuts += 1;
        // Most come when it has recovered, some while it does.
        if (random() < 0.7) await told.until(({ connection }) => connection.at(-1) !== 'lost', 30_000);
        await sleep(random() * 60);
      }
    })();

    await Promise.all([writing, commanding]);
    await Promise.all(sent);
    while ([...taken.values()].flat().length < 400) await sleep(5);
    done = true;
    await cutting;
    await listening.drain(signal);
    await told.until(({ receipts }) => receipts.length === 400);
    await Promise.all(taking);
    const context = `seed ${seed}, ${cuts} cuts`;
    expect(cuts, context).toBeGreaterThan(8);
    const expected = Array.from({ length: written }, (_, i) => String(i));
    for (const [index, peer] of peers.entries()) {
      expect(told.messages(peer), context).toEqual(expected);
      const commands = Array.from({ length: 400 }, (_, i) => `command ${i}`).filter((_, i) => i % 3 === index);
      expect(taken.get(peer), context).toEqual(commands);
      const numbers = told.receipts.filter((receipt) => receipt.peer === peer).map(({ message }) => message);
      expect(numbers, context).toEqual([...numbers].sort((a, b) => a - b));
    }
    expect(told.connection.filter((word) => word === 'lost').length, context).toBeGreaterThan(4);
    expect(told.connection, context).toEqual(told.connection.map((_, i) => (i % 2 === 0 ? 'lost' : 'restored')));
  });

  test('killed by the server while lines are being told, in a loop, none is lost or doubled', async () => {
    const random = seeded(seedOfToday());
    await using server = await PrivateRedis.start();
    await using bus = await redisBuses().connect(new Secret(server.url()), signal);
    const admin = await server.client();
    const told = new Recorder();
    let batches = 0;
    let kills = 0;
    told.beforeSafe = async () => {
      batches += 1;
      if (batches % 3 === 0) {
        const list = String(await admin.call('client', 'list'));
        const ids = [...list.matchAll(/^id=(\d+) .* name=tm/gm)].map(([, id]) => id!);
        for (const id of ids) {
          if (random() < 0.2) continue;
          await admin.call('client', 'kill', 'id', id).catch(() => undefined);
          kills += 1;
        }
      }
    };
    const [alice] = peers;
    await admin.lpush(logKey(alice!), ...Array.from({ length: 30_000 }, (_, i) => `info|${i}`));
    const listening = await bus.listen(smoke, [alice!], told, signal);
    await listening.drain(signal);
    expect(told.messages(alice!)).toEqual(Array.from({ length: 30_000 }, (_, i) => String(i)));
    expect(kills).toBeGreaterThan(5);
    expect(told.connection).toContain('restored');
    // All was confirmed: nothing stays behind in Redis.
    await listening[Symbol.asyncDispose]();
    expect(await admin.exists('tm:inflight', logKey(alice!))).toBe(0);
  });

  test('a server that restarts with its data goes on where it was; one without is used afresh', async () => {
    for (const args of [['--appendonly', 'yes', '--appendfsync', 'always'], []]) {
      await using server = await PrivateRedis.start(args);
      await using bus = await redisBuses().connect(new Secret(server.url()), signal);
      const [alice, bob] = peers;
      const told = new Recorder();
      const listening = await bus.listen(smoke, peers, told, signal);
      const peer = await server.client();
      await peer.set(statusKey(alice!), 'started');
      await told.until(({ statuses }) => statuses.length === 1);
      const first = bus.instance;
      const message = await bus.send(alice!, 'connect', signal);
      let meanwhile: Promise<number> = Promise.resolve(0);
      await server.restart(async () => {
        meanwhile = bus.send(bob!, 'pull', signal);
      });
      expect(await meanwhile).toBe(message + 1);
      await told.until(({ connection }) => connection.length === 2);
      expect(bus.instance).not.toBe(first);
      expect(await peer.lrange(commandKey(alice!), 0, -1)).toEqual(['connect']);
      expect(await peer.lrange(commandKey(bob!), 0, -1)).toEqual(['pull']);
      await peer.set(statusKey(alice!), 'connected');
      await peer.lpush(logKey(bob!), 'info|back');
      await told.until(({ statuses, lines }) => statuses.at(-1)?.status === 'connected' && lines.length === 1);
      await peer.lpop(commandKey(alice!));
      await told.until(({ receipts }) => receipts.length === 1);
      expect(told.receipts).toEqual([{ peer: alice, message }]);
      await listening.drain(signal);
    }
  });

  test('a server that no longer answers is noticed, and one that is away for too long is given up', async () => {
    const limits = { connectMs: 300, giveUpMs: 900, heartbeatMs: 60 };
    await using server = await PrivateRedis.start();
    await using wire = await CuttableWire.to(server.port);
    const bus = await redisBuses(limits).connect(new Secret(`redis://127.0.0.1:${wire.port}`), signal);
    const told = new Recorder();
    const listening = await bus.listen(smoke, peers, told, signal);
    wire.silence(true);
    await told.until(({ connection }) => connection.includes('lost'));
    wire.silence(false);
    await told.until(({ connection }) => connection.includes('restored'));
    wire.block();
    const sending = bus.send(peers[0]!, 'never', signal);
    const draining = listening.drain(signal);
    draining.catch(() => undefined);
    await expect(sending).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    await expect(draining).rejects.toMatchObject({ fault: { kind: 'unreachable', what: 'redis' } });
    expect(told.connection).toEqual(['lost', 'restored', 'lost', 'ended']);
    expect(told.fault).toMatchObject({ kind: 'unreachable', what: 'redis' });
    await expect(bus.status(peers[0]!, signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
    await expect(listening.drain(signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
    await bus.publish('t' as never, ['{}']);
    await bus[Symbol.asyncDispose]();
  });

  test('a follower goes on behind the last line that it had', async () => {
    await using server = await PrivateRedis.start();
    await using wire = await CuttableWire.to(server.port);
    const test_ = 'smoke' as never;
    await using bus = await redisBuses().connect(new Secret(server.url()), signal);
    await using watcher = await redisBuses().connect(new Secret(`redis://127.0.0.1:${wire.port}`), signal);
    const stop = new AbortController();
    const lines: string[] = [];
    const following = (async () => {
      for await (const line of watcher.follow(test_, stop.signal)) {
        lines.push(line);
        if (lines.length % 37 === 0) wire.cut();
        if (lines.length === 3_000) stop.abort();
      }
    })();
    const all = Array.from({ length: 3_000 }, (_, i) => `{"i":${i}}`);
    for (let i = 0; i < all.length; i += 100) {
      await bus.publish(test_, all.slice(i, i + 100));
      await sleep(5);
    }
    await following;
    expect(lines).toEqual(all);
  });
});
