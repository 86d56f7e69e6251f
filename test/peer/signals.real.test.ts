import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectPeer } from '../../src/peer/client.ts';
import { PrivateRedis, until } from './private-redis.ts';

const program = fileURLToPath(new URL('fixtures/signalled-peer.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

let redis: PrivateRedis;
const children: ChildProcess[] = [];
beforeEach(async () => {
  redis = await PrivateRedis.start();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await redis?.down();
});

/** Starts the fixture, and resolves when it waits for a command. */
async function start(...args: readonly string[]): Promise<{ child: ChildProcess; exited: Promise<unknown[]> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'], REDIS_URL: redis.url(), PEER_NAME: 'alice' },
  });
  children.push(child);
  const exited = once(child, 'exit');
  await until('the BLPOP stands', blocked, 60_000);
  return { child, exited };
}

const blocked = async () => (await redis.clients()).some(({ cmd }) => cmd === 'blpop');
const logged = (line: string) => until(line, async () => (await redis.logOf('alice')).includes(line), 60_000);

it.each(['SIGTERM', 'SIGINT'] as const)('%s is a shutdown for the peer, which leaves as if told', async (signal) => {
  const { child, exited } = await start();
  child.kill(signal);
  expect(await exited).toEqual([0, null]);
  expect(await redis.logOf('alice')).toEqual(['info|took shutdown']);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
});

it('a signal goes before the commands that wait, which stay in Redis', async () => {
  const { child, exited } = await start();
  await redis.admin.rpush('alice_command', 'wait', 'one', 'two');
  await logged('info|took wait');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(await redis.logOf('alice')).toEqual(['info|took wait', 'info|took shutdown']);
  expect(await redis.admin.lrange('alice_command', 0, -1)).toEqual(['one', 'two']);
});

it('the second signal ends a peer that does not come to it', async () => {
  const { child, exited } = await start();
  await redis.admin.rpush('alice_command', 'hold');
  await logged('info|took hold');
  child.kill('SIGTERM');
  const gone = exited.then(() => 'gone');
  // Long enough for the first one to be heard: two at once would be one.
  const patience = new Promise((resolve) => setTimeout(resolve, 300, 'still there'));
  expect(await Promise.race([gone, patience])).toBe('still there');
  child.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
});

it('a peer that handles signals itself gets none of this', async () => {
  const { child, exited } = await start('own signals');
  child.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
});

it('a closed client leaves no listener behind', async () => {
  const before = process.listenerCount('SIGTERM');
  const client = await connectPeer({ redisUrl: redis.url(), name: 'alice' });
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  await client.close();
  expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).toEqual([before, before]);
});
