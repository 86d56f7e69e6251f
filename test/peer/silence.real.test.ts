/** A client and a Redis that does not answer, and what tells others that the client is there. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectPeer, type PeerOptions } from '../../src/peer/client.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
let notices: string[];
beforeEach(async () => {
  redis = await PrivateRedis.start();
  notices = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  redis?.thaw();
  await redis?.down();
});

const peer = (options: PeerOptions = {}) =>
  connectPeer({
    redisUrl: redis.url(),
    name: 'alice',
    handleSignals: false,
    onNotice: (text) => notices.push(text),
    ...options,
  });

const heartbeat = () => redis.admin.get('alice_heartbeat');

it('heartbeats begin with the first status, go on, and end with the client', async () => {
  vi.stubEnv('TM_RUN_ID', 'smoke-1');
  const client = await peer({ heartbeatMs: 50 });
  await pause(120);
  expect(await heartbeat()).toBeNull();
  await client.sendStatus('started');
  await until('a heartbeat', async () => (await heartbeat()) !== null);
  const first = (await heartbeat())!;
  expect(first).toMatch(/^\d{13}\|50$/);
  expect(Math.abs(Number.parseInt(first, 10) - Date.now())).toBeLessThan(60_000);
  await until('another one', async () => (await heartbeat()) !== first);
  await client.close();
  const last = await heartbeat();
  await pause(200);
  expect(await heartbeat()).toBe(last);
});

it('the last heartbeat comes before closing begins, however long that takes', async () => {
  vi.stubEnv('TM_RUN_ID', 'smoke-1');
  const client = await peer({ heartbeatMs: 20, statusGapMs: 500 });
  await client.sendStatus('started');
  const stopped = client.sendStatus('stopped');
  const closing = client.close();
  await pause(100);
  const last = await heartbeat();
  await Promise.all([closing, stopped]);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
  expect(await heartbeat()).toBe(last);
});

it('there are none where no tm listens, or none are wanted', async () => {
  await using alone = await peer({ heartbeatMs: 5 });
  await alone.sendStatus('started');
  vi.stubEnv('TM_RUN_ID', 'smoke-1');
  await using without = await peer({ heartbeatMs: 0 });
  await without.sendStatus('started');
  await pause(100);
  expect(await redis.admin.keys('*_heartbeat')).toEqual([]);
});

it('heartbeats of the time that Redis was away are not made up for', async () => {
  vi.stubEnv('TM_RUN_ID', 'smoke-1');
  await using client = await peer({ heartbeatMs: 20 });
  await client.sendStatus('started');
  await redis.down();
  await pause(300);
  await redis.up();
  const monitor = await redis.admin.monitor();
  const beats: number[] = [];
  monitor.on('monitor', (_time, [command, key, value]: string[]) => {
    if (command?.toUpperCase() === 'SET' && key === 'alice_heartbeat') beats.push(Number.parseInt(value!, 10));
  });
  const back = Date.now();
  await until('five of them', () => beats.length >= 5);
  monitor.disconnect();
  for (const at of beats) expect(at).toBeGreaterThanOrEqual(back - 1_000);
  expect(new Set(beats).size).toBe(beats.length);
  expect(beats).toEqual(beats.toSorted((a, b) => a - b));
});

it('closing is bounded where Redis does not answer, and so is the end of the process', async () => {
  const client = await peer({ closeTimeoutMs: 300 });
  const waiting = client[Symbol.asyncIterator]().next();
  await until('the BLPOP stands', async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop'));
  redis.freeze();
  client.log.info('one');
  const status = expect(client.sendStatus('stopped')).rejects.toMatchObject({ code: 'closed' });
  const began = performance.now();
  expect(await client.close()).toBe(2);
  expect(performance.now() - began).toBeLessThan(2_000);
  await status;
  expect((await waiting).done).toBe(true);
  expect(notices.join()).toContain('2 log lines and statuses could not be sent');
});

it('what was said while Redis did not answer is there when it does', async () => {
  await using client = await peer();
  redis.freeze();
  client.log.info('one');
  const status = client.sendStatus('connected');
  await pause(100);
  redis.thaw();
  await status;
  expect(await redis.logOf('alice')).toEqual(['info|one']);
  expect(await redis.admin.get('alice_status')).toBe('connected');
});

it('the two connections together get no more time than one may take', async () => {
  redis.freeze();
  const began = performance.now();
  await expect(peer({ connectTimeoutMs: 400 })).rejects.toMatchObject({ code: 'unreachable' });
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('closing ends a connection that only the peer has lost, which would swallow the next command', async () => {
  await using proxy = await CuttableProxy.to(redis.port);
  const client = await peer({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
  const waiting = client[Symbol.asyncIterator]().next();
  await until('the BLPOP stands', async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop'));
  proxy.cut();
  await client.flush();
  client.log.info('back');
  await client.flush();
  await client.close();
  expect((await waiting).done).toBe(true);
  await redis.admin.rpush('alice_command', 'for the next one');
  expect(await redis.admin.llen('alice_command')).toBe(1);
});

it('a peer that does not listen can be without LISTEN_ADDR, and is told when it asks for it', async () => {
  vi.stubEnv('LISTEN_ADDR', '');
  await using client = await peer();
  expect(() => client.listenAddr).toThrow(/LISTEN_ADDR is not set/);
  expect(() => client.listenAddr).toThrow(expect.objectContaining({ code: 'configuration' }));
});
