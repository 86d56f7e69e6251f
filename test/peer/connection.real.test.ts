import { afterEach, beforeEach, expect, it } from 'vitest';
import { Connection } from '../../src/peer/connection.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
let proxy: CuttableProxy;
let told: string[];
beforeEach(async () => {
  redis = await PrivateRedis.start();
  proxy = await CuttableProxy.to(redis.port);
  told = [];
});
afterEach(async () => {
  redis?.thaw();
  await proxy?.[Symbol.asyncDispose]();
  await redis?.down();
});

const ANSWER_WITHIN_MS = 250;

const open = () =>
  Connection.open(
    { host: '127.0.0.1', port: proxy.port, database: 0, tls: false },
    'me',
    10_000,
    { lost: () => told.push('lost'), restored: () => told.push('restored') },
    ANSWER_WITHIN_MS,
  );

it('counts as dead when a command is not answered in time, and is made anew', async () => {
  const connection = await open();
  proxy.mute = true;
  await expect(connection.call('PING')).rejects.toThrow();
  proxy.mute = false;
  await until('it is back', () => told.includes('restored'));
  expect(await connection.call('PING')).toBe('PONG');
  expect(connection.sessions).toBe(2);
  connection.close();
});

it('does not wait for ever for somebody who takes connections and answers none', async () => {
  const connection = await open();
  proxy.mute = true;
  proxy.cut();
  await until('the loss is noticed', () => told.includes('lost'));
  // What has been said to the mute one is gone for good: only another attempt helps.
  await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS));
  proxy.mute = false;
  await connection.ready();
  expect(await connection.call('PING')).toBe('PONG');
  expect(told).toEqual(['lost', 'restored']);
  connection.close();
});

it('does not think a command that may wait unanswered', async () => {
  const connection = await open();
  const waiting = connection.block('BLPOP', 'list', '0');
  await new Promise((resolve) => setTimeout(resolve, 3 * ANSWER_WITHIN_MS));
  await redis.admin.rpush('list', 'one');
  expect(await waiting).toEqual(['list', 'one']);
  expect(told).toEqual([]);
  connection.close();
});
