import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
let directory: string;
let program: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  redis = await PrivateRedis.start('pass word');
  directory = await mkdtemp(join(tmpdir(), 'tm-shell-peer-'));
  program = join(directory, 'peer.sh');
  const document = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
  const block = /```sh\n(#!\/bin\/sh\n[\s\S]*?)```/.exec(document)?.[1];
  if (block === undefined) throw new Error('docs/protocol.md has no shell peer');
  await writeFile(program, block);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await redis?.down();
  await rm(directory, { recursive: true, force: true });
});

function start(): ChildProcess {
  const child = spawn('sh', [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url(),
      PEER_NAME: 'alice',
      LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1',
      HOST_ADDR: '192.0.2.10',
      TM_DELAY_FILE: join(directory, 'delay'),
    },
  });
  children.push(child);
  return child;
}

const standing = (status: string) =>
  until(`status ${status}`, async () => (await redis.admin.get('alice_status')) === status);

it('the shell peer of the document does what the document says', async () => {
  const first = start();
  const ended = once(first, 'exit');
  await standing('started|/ip4/192.0.2.10/udp/11984/quic-v1');
  await redis.admin.rpush('alice_command', 'connect');
  await standing('connected');
  await redis.admin.rpush('alice_command', 'peer|/ip4/192.0.2.11/udp/1/quic-v1', 'push|bob|two words', 'disconnect');
  await standing('disconnected');
  expect(await redis.logOf('alice')).toEqual([
    'info|knows /ip4/192.0.2.11/udp/1/quic-v1',
    'warn|unknown command: push|bob|two words',
  ]);
  await redis.admin.rpush('alice_command', 'restart|2', 'shutdown');
  expect(await ended).toEqual([42, null]);
  expect(await redis.admin.get('alice_status')).toBe('restarting');
  expect(await readFile(join(directory, 'delay'), 'utf8')).toBe('2\n');

  const second = start();
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
});
