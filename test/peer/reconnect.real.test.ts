import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectPeer, type PeerOptions } from '../../src/peer/client.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
let notices: string[];
beforeEach(async () => {
  redis = await PrivateRedis.start();
  notices = [];
});
afterEach(() => redis?.down());

const peer = (options: PeerOptions = {}) =>
  connectPeer({
    redisUrl: redis.url(),
    name: 'alice',
    listenAddr: '/ip4/0.0.0.0/udp/11984/quic-v1',
    onNotice: (text) => notices.push(text),
    ...options,
  });

const blocked = async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop');

/** CLIENT KILL for each of the peer's connections; gives how many there were. */
async function killAll(): Promise<number> {
  const own = (await redis.clients()).filter(({ name }) => name?.startsWith('peer:alice:'));
  for (const { id } of own) await redis.admin.client('KILL', 'ID', Number(id));
  return own.length;
}

it('after CLIENT KILL, commands, statuses and lines go on where they were', async () => {
  await using client = await peer();
  const iterator = client[Symbol.asyncIterator]();
  for (let round = 0; round < 5; round++) {
    const next = iterator.next();
    await until('the BLPOP stands', blocked);
    client.log.info(`before ${round}`);
    await client.flush();
    expect(await killAll()).toBe(2);
    client.log.info(`after ${round}`);
    await client.sendStatus(`round-${round}`);
    expect(await redis.admin.get('alice_status')).toBe(`round-${round}`);
    await redis.admin.rpush('alice_command', `command ${round}`);
    expect((await next).value?.raw).toBe(`command ${round}`);
  }
  const lines = await redis.logOf('alice');
  expect(lines).toEqual(Array.from({ length: 5 }, (_, i) => [`info|before ${i}`, `info|after ${i}`]).flat());
  expect(notices.some((text) => /lost Redis at 127\.0\.0\.1:\d+ \(commands\)/.test(text))).toBe(true);
  expect(notices.some((text) => /again \(reports\)/.test(text))).toBe(true);
});

it('lines under way when the connection is killed are neither lost nor overtaken', async () => {
  await using client = await peer();
  const total = 20_000;
  const writing = (async () => {
    for (let i = 0; i < total; i++) {
      client.log.info(`${i}`);
      if (i % 200 === 0) await pause(1);
    }
  })();
  for (let kills = 0; kills < 5; kills++) {
    await pause(20);
    await killAll();
  }
  await writing;
  expect(await client.flush(20_000)).toBe(true);
  // A batch whose answer was lost comes twice: then each line stands where it first came, and a repetition is a run of known lines.
  const numbers = (await redis.logOf('alice')).map((line) => Number(line.slice('info|'.length)));
  const firsts = [...new Set(numbers)];
  expect(firsts).toEqual(Array.from({ length: total }, (_, i) => i));
  expect(numbers.length - total).toBeLessThanOrEqual(5 * 1_000);
});

it('after a restart of the server, which has forgotten everything, the status is back and what was said meanwhile arrives', async () => {
  await using client = await peer();
  const next = client[Symbol.asyncIterator]().next();
  await client.sendStatus('connected');
  await redis.down();
  await until('the loss is noticed', () => notices.filter((text) => text.startsWith('lost')).length === 2);
  for (let i = 0; i < 1_000; i++) client.log.info(`${i}`);
  await redis.up();
  await until('the status is back', async () => (await redis.admin.get('alice_status')) === 'connected');
  await client.flush();
  expect(await redis.logOf('alice')).toEqual(Array.from({ length: 1_000 }, (_, i) => `info|${i}`));
  await redis.admin.rpush('alice_command', 'go on');
  expect((await next).value?.raw).toBe('go on');
});

it('a reconnect does not notify of a status that still stands', async () => {
  await redis.admin.config('SET', 'notify-keyspace-events', 'K$');
  await using client = await peer();
  await client.sendStatus('connected');
  const subscriber = redis.admin.duplicate();
  let notified = 0;
  subscriber.on('message', () => notified++);
  await subscriber.subscribe('__keyspace@0__:alice_status');
  await killAll();
  await client.sendStatus('disconnecting');
  await until('one came', () => notified > 0);
  await pause(50);
  subscriber.disconnect();
  expect(notified).toBe(1);
});

it('statuses given while Redis is away arrive in order, the last one stands', async () => {
  await using client = await peer();
  await redis.down();
  const sent: string[] = [];
  const all = ['connecting', 'connected', 'stopped'].map((word) => client.sendStatus(word).then(() => sent.push(word)));
  await pause(100);
  expect(sent).toEqual([]);
  await redis.up();
  await Promise.all(all);
  expect(sent).toEqual(['connecting', 'connected', 'stopped']);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
});

it('a connection that only the peer has lost does not swallow a command', async () => {
  await using proxy = await CuttableProxy.to(redis.port);
  await using client = await peer({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
  const next = client[Symbol.asyncIterator]().next();
  await until('the BLPOP stands', blocked);
  const [before] = (await redis.clients()).filter(({ cmd }) => cmd === 'blpop');
  proxy.cut();
  await until('a new BLPOP stands', async () => {
    const waiting = (await redis.clients()).filter(({ cmd }) => cmd === 'blpop');
    return waiting.length === 1 && waiting[0]?.['id'] !== before?.['id'];
  });
  await redis.admin.rpush('alice_command', 'not lost');
  expect((await next).value?.raw).toBe('not lost');
});

it('closing while Redis is away is bounded, and says what was left', async () => {
  const client = await peer({ closeTimeoutMs: 200 });
  const next = client[Symbol.asyncIterator]().next();
  await redis.down();
  client.log.info('one');
  client.log.info('two');
  const status = client.sendStatus('stopped');
  const rejected = expect(status).rejects.toMatchObject({ code: 'closed' });
  const began = performance.now();
  expect(await client.close()).toBe(3);
  expect(performance.now() - began).toBeLessThan(1_500);
  await rejected;
  expect((await next).done).toBe(true);
});
