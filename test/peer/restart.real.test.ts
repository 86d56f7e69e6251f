import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectPeer } from '../../src/peer/client.ts';
import { PrivateRedis } from './private-redis.ts';

let redis: PrivateRedis;
let directory: string;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  directory = await mkdtemp(join(tmpdir(), 'tm-peer-'));
});
afterAll(async () => {
  await redis?.down();
  await rm(directory, { recursive: true, force: true });
});

const program = fileURLToPath(new URL('fixtures/restarting-peer.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the fixture as tm would, and gives its exit code. */
async function runPeer(delayFile: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url(),
      PEER_NAME: 'alice',
      LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1',
      TM_DELAY_FILE: delayFile,
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

it('reports, leaves the delay, exits with 42, and the next process takes the next command', async () => {
  const delayFile = join(directory, 'delay');
  await redis.admin.rpush('alice_command', 'restart|2.5', 'connect', 'pull');
  expect(await runPeer(delayFile)).toBe(42);
  expect(await readFile(delayFile, 'utf8')).toBe('3\n');
  expect(await redis.admin.get('alice_status')).toBe('restarting');
  expect(await redis.admin.lrange('alice_command', 0, -1)).toEqual(['connect', 'pull']);

  expect(await runPeer(delayFile)).toBe(0);
  expect(await redis.logOf('alice')).toEqual(['info|took restart|2.5', 'info|took connect']);
  expect(await redis.admin.lrange('alice_command', 0, -1)).toEqual(['pull']);
});

it('throws, and goes on being a peer, where the delay cannot be written', async () => {
  const exits: number[] = [];
  await using client = await connectPeer({
    redisUrl: redis.url(),
    name: 'bob',
    listenAddr: '/ip4/0.0.0.0/udp/11984/quic-v1',
    delayFile: join(directory, 'no such directory', 'delay'),
    exit: (code) => exits.push(code),
  });
  await client.sendStatus('connected');
  await expect(client.restart(1)).rejects.toThrow(/ENOENT/);
  expect(exits).toEqual([]);
  await client.sendStatus('disconnected');
  expect(await redis.admin.get('bob_status')).toBe('disconnected');
});
