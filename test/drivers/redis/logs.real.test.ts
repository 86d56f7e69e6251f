import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';
import { logKey, statusKey } from '../../../src/model/wire.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { Recorder } from '../../contract/bus-recorder.ts';
import { PrivateRedis } from '../../contract/redis-server-private.ts';
import { listeningChild } from './listening-child.ts';
import { seeded, seedOfToday } from './seeded.ts';

const { signal } = new AbortController();
const smoke = testName('smoke test');
const alice = peerName('alice');
const bob = peerName('bob');
const texts = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(i + from));

describe('log lines', () => {
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

  test('come within milliseconds after ten seconds of silence', async () => {
    const told = new Recorder();
    await bus.listen(smoke, [alice, bob], told, signal);
    await peer.lpush(logKey(alice), 'info|first');
    await told.until(({ lines }) => lines.length === 1);
    await sleep(10_000);
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      const at = performance.now();
      await peer.lpush(logKey(bob), `info|${i}`);
      await told.until(({ lines }) => lines.length === i + 2);
      delays.push(performance.now() - at);
      await sleep(700);
    }
    expect(told.messages(bob)).toEqual(texts(5));
    expect(Math.min(...delays)).toBeLessThan(50);
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });

  test('are all there when tm is killed again and again while it is told of them, in order, doubled only where it died', async () => {
    const random = seeded(seedOfToday());
    const count = 6_000;
    let told: string[] = [];
    let pushed = 0;
    for (let round = 0; round < 6; round++) {
      const child = await listeningChild(server.url(), [alice]);
      const until = pushed + count / 6;
      while (pushed < until) {
        await peer.lpush(logKey(alice), ...texts(50, pushed).map((text) => `info|${text}`));
        pushed += 50;
        if (random() < 0.3) await sleep(random() * 8);
      }
      await child.until(Math.floor(random() * 500));
      const lines = await child.kill();
      // A batch that it died with comes again; it begins where an earlier one began.
      const again = lines.length === 0 ? -1 : told.indexOf(lines[0]!);
      if (again >= 0) told = told.slice(0, again);
      told = [...told, ...lines];
    }
    const rest = new Recorder();
    const listening = await bus.listen(smoke, [alice], rest, signal);
    await listening.drain(signal);
    const first = rest.messages(alice)[0];
    const again = first === undefined ? -1 : told.indexOf(first);
    if (again >= 0) told = told.slice(0, again);
    expect([...told, ...rest.messages(alice)]).toEqual(texts(count));
  }, 60_000);

  test('of a quiet peer are not held up by one that writes without end', async () => {
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice, bob], told, signal);
    await peer.lpush(logKey(alice), ...texts(100_000).map((text) => `info|${text}`));
    const before = told.lines.length;
    await peer.lpush(logKey(bob), 'info|quiet');
    await told.until(() => told.messages(bob).length === 1);
    expect(told.lines.length - before).toBeLessThan(50_000);
    await listening.drain(signal);
    expect(told.messages(alice)).toEqual(texts(100_000));
  });

  test('are drained to the end of what was there, however much comes behind it', async () => {
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    let writing = true;
    let written = 0;
    const flood = (async () => {
      while (writing) {
        await peer.lpush(logKey(alice), ...texts(500, written).map((text) => `info|${text}`));
        written += 500;
      }
    })();
    await told.until(({ lines }) => lines.length > 5_000);
    const there = written;
    await listening.drain(signal);
    expect(told.lines.length).toBeGreaterThanOrEqual(there);
    writing = false;
    await flood;
    await listening.drain(signal);
    expect(told.messages(alice)).toEqual(texts(written));
  });

  test('of a peer that caps its list, writes at the wrong end or uses another type keep nobody else waiting', async () => {
    const told = new Recorder();
    await peer.set(logKey(bob), 'not a list');
    const listening = await bus.listen(smoke, [alice, bob], told, signal);
    const slow = sleep(50);
    told.beforeSafe = () => slow;
    await peer.lpush(logKey(alice), 'info|1', 'info|2');
    await sleep(20);
    // What is being told has left the list already, so neither takes a line from anyone.
    await peer.rpush(logKey(alice), 'info|3');
    await peer.ltrim(logKey(alice), 0, 99);
    await listening.drain(signal);
    expect(told.messages(alice)).toEqual(['1', '2', '3']);
    await peer.del(logKey(bob));
    await peer.lpush(logKey(bob), 'warn|back');
    await told.until(() => told.messages(bob).length === 1);
  });

  test('that are long, or not UTF-8, arrive without stopping the rest', async () => {
    const told = new Recorder();
    const listening = await bus.listen(smoke, [alice], told, signal);
    const long = 'x'.repeat(3_000_000);
    await peer.lpush(logKey(alice), `info|${long}`, Buffer.from([0x69, 0x7c, 0xff, 0xfe]), 'info|end');
    await listening.drain(signal);
    expect(told.messages(alice)).toEqual([long, '\ufffd\ufffd', 'end']);
  });

  test('never delay a status', async () => {
    const told = new Recorder();
    const { promise, release } = gate();
    told.beforeSafe = () => promise;
    const listening = await bus.listen(smoke, [alice], told, signal);
    await peer.lpush(logKey(alice), 'info|stuck');
    await peer.set(statusKey(alice), 'connected');
    await told.until(({ statuses }) => statuses.length === 1, 1_000);
    expect(told.lines).toHaveLength(0);
    release();
    await listening.drain(signal);
    expect(told.lines).toHaveLength(1);
  });
});

function gate(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}
