import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrivateRedis, until } from './private-redis.ts';

let redis: PrivateRedis;
let directory: string;
let document: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  redis = await PrivateRedis.start('pass word');
  directory = await mkdtemp(join(tmpdir(), 'tm-shell-peer-'));
  document = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await redis?.down();
  await rm(directory, { recursive: true, force: true });
});

/** The first block of that language in the document that begins so. */
function blockOf(language: string, beginning: string): string {
  const blocks = [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const [, , text] = blocks.find(([, of, text = '']) => of === language && text.startsWith(beginning)) ?? [];
  if (text === undefined) throw new Error(`docs/protocol.md has no ${language} peer`);
  return text;
}

function start(name: string, command: string, program: string): ChildProcess {
  const child = spawn(command, [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url(),
      PEER_NAME: name,
      LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1',
      HOST_ADDR: '192.0.2.10',
      TM_DELAY_FILE: join(directory, 'delay'),
    },
  });
  children.push(child);
  return child;
}

const standing = (status: string, name = 'alice') =>
  until(`${name}: ${status}`, async () => (await redis.admin.get(`${name}_status`)) === status, 60_000);

it('the shell peer of the document does what the document says', async () => {
  const program = join(directory, 'peer.sh');
  await writeFile(program, blockOf('sh', '#!/bin/sh'));
  const first = start('alice', 'sh', program);
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

  const second = start('alice', 'sh', program);
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
});

it('the TypeScript peer of the document does the same, with what a program of its own would bring', async () => {
  const own = `
    const myMultiaddr = '/ip4/192.0.2.10/udp/11984/quic-v1';
    const network = { add: (address) => client.log.info('knows %s', address), join: async () => {}, leave: async () => {} };
  `;
  // The library where a user has it, and what Node 20 does not know yet in terms that it knows.
  const program = join(directory, 'peer.mjs');
  await build({
    stdin: { contents: own + blockOf('ts', 'import { connectPeer }'), loader: 'ts', resolveDir: directory },
    alias: { 'the-mule/peer': fileURLToPath(new URL('../../src/peer/client.ts', import.meta.url)) },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: program },
  });
  const first = start('bob', process.execPath, program);
  const restarted = once(first, 'exit');
  await standing('started|/ip4/192.0.2.10/udp/11984/quic-v1', 'bob');
  await redis.admin.rpush(
    'bob_command',
    'connect',
    'peer|/ip4/192.0.2.11/udp/1/quic-v1',
    'push|bob|two words',
    'disconnect',
  );
  await standing('disconnected', 'bob');
  expect(await redis.logOf('bob')).toEqual([
    'info|knows /ip4/192.0.2.11/udp/1/quic-v1',
    'warn|unknown command: push|bob|two words',
  ]);
  await redis.admin.rpush('bob_command', 'restart|3', 'shutdown');
  expect(await restarted).toEqual([42, null]);
  expect(await readFile(join(directory, 'delay'), 'utf8')).toBe('3\n');

  expect(await once(start('bob', process.execPath, program), 'exit')).toEqual([0, null]);
  expect(await redis.admin.get('bob_status')).toBe('stopped');
});
