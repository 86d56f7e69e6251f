import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildReferencePeer } from '../../scripts/build.mjs';
import { PrivateRedis, until } from './private-redis.ts';

let directory: string;
let program: string;
let redis: PrivateRedis;
const running = new Map<string, { readonly child: ChildProcess; readonly ended: Promise<unknown[]> }>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-reference-peer-'));
  // As in the image: no package.json and no node_modules anywhere near.
  program = join(directory, 'reference-peer.mjs');
  await buildReferencePeer(program);
});
afterAll(() => rm(directory, { recursive: true, force: true }));
beforeEach(async () => {
  redis = await PrivateRedis.start('secret');
});
afterEach(async () => {
  for (const { child } of running.values()) child.kill('SIGKILL');
  running.clear();
  await redis?.down();
});

/** Starts a peer, on a free UDP port unless it is given one, and gives the address that it reports. */
async function start(name: string, itsPort?: number): Promise<string> {
  const port = itsPort ?? (await freeUdpPort());
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url(),
      PEER_NAME: name,
      LISTEN_ADDR: `/ip4/0.0.0.0/udp/${port}/quic-v1`,
      HOST_ADDR: '127.0.0.1',
      TM_DELAY_FILE: join(directory, `delay-${name}`),
      LOG_LEVEL: 'info',
    },
  });
  running.set(name, { child, ended: once(child, 'exit') });
  await standing(name, `started|/ip4/127.0.0.1/udp/${port}/quic-v1`);
  return `/ip4/127.0.0.1/udp/${port}/quic-v1`;
}

const tell = (peer: string, ...commands: string[]) => redis.admin.rpush(`${peer}_command`, ...commands);
const standing = (peer: string, status: string) =>
  until(`${peer} ${status}`, async () => (await redis.admin.get(`${peer}_status`)) === status);
const logged = (peer: string, line: string) =>
  until(`${peer} logs ${line}`, async () => (await redis.logOf(peer)).includes(line));
const exitOf = (peer: string) => running.get(peer)!.ended;

/** Five peers that know only their predecessor: alice - bob - charlie - dave - eve. */
async function chain(): Promise<readonly string[]> {
  const names = ['alice', 'bob', 'charlie', 'dave', 'eve'];
  const addresses = await Promise.all(names.map((name) => start(name)));
  for (const [index, name] of names.entries()) {
    const before = addresses[index - 1];
    if (before !== undefined) await tell(name, `peer|${before}`);
  }
  // The last first: it greets somebody who is not connected yet, and must go on trying.
  for (const name of names.toReversed()) await tell(name, 'connect');
  await Promise.all(names.map((name) => standing(name, 'connected')));
  // One link is enough to be connected; wait for all of them.
  for (const [index, name] of names.entries()) {
    for (const neighbour of [names[index - 1], names[index + 1]]) {
      if (neighbour !== undefined) await logged(name, `info|linked with ${neighbour}`);
    }
  }
  return names;
}

it('five of them pass messages from one end of a chain to the other, and stop when told', async () => {
  const names = await chain();
  await tell('alice', 'push|eve|there | and | back');
  await logged('eve', 'info|got there | and | back from alice');
  await tell('eve', 'push|alice|again');
  await logged('alice', 'info|got again from eve');
  await tell('eve', 'pull');
  await logged('eve', 'info|pulled there | and | back from alice');
  await tell('charlie', 'pull', 'dance');
  await logged('charlie', 'info|pull: no messages');
  await logged('charlie', 'warn|unknown command: dance');

  await tell('eve', 'track|alice');
  await logged('eve', 'info|tracks alice');
  await tell('alice', 'rotate-key');
  await until('eve hears of the key', async () =>
    (await redis.logOf('eve')).some((line) => line.startsWith('info|tracked alice: has the new key ')),
  );

  for (const name of names) await tell(name, 'shutdown');
  for (const name of names) {
    expect(await exitOf(name)).toEqual([0, null]);
    expect(await redis.admin.get(`${name}_status`)).toBe('stopped');
  }
  // Each message arrived once, however many ways it came.
  expect((await redis.logOf('eve')).filter((line) => line.startsWith('info|got '))).toHaveLength(1);
});

it('floods reach everybody once where there are circles', async () => {
  const names = await chain();
  const addresses = await Promise.all(names.map((name) => redis.admin.get(`${name}_status`)));
  expect(addresses).toEqual(names.map(() => 'connected'));
  const [alice] = (await redis.logOf('bob')).filter((line) => line.startsWith('info|knows '));
  await tell('eve', `peer|${alice!.slice('info|knows '.length)}`);
  await logged('eve', 'info|linked with alice');
  for (let i = 0; i < 50; i++) await tell('bob', `push|dave|message ${i}`);
  await logged('dave', 'info|got message 49 from bob');
  await pause(100);
  const got = (await redis.logOf('dave')).filter((line) => line.startsWith('info|got '));
  expect(new Set(got).size).toBe(50);
  expect(got).toHaveLength(50);
});

it('a restarted one is found again by its neighbours', async () => {
  await chain();
  const address = (await redis.logOf('dave'))
    .find((line) => line.startsWith('info|knows '))!
    .slice('info|knows '.length);
  await tell('charlie', 'restart|1');
  expect(await exitOf('charlie')).toEqual([42, null]);
  expect(await redis.admin.get('charlie_status')).toBe('restarting');
  await logged('bob', 'warn|lost charlie: it does not answer');
  await logged('dave', 'warn|lost charlie: it does not answer');

  // As tm does, so that only the second life's lines are there.
  await redis.admin.del('bob_log', 'charlie_log', 'dave_log');
  expect(await start('charlie', Number(address.split('/')[4]))).toBe(address);
  await tell('charlie', 'connect');
  await logged('bob', 'info|linked with charlie');
  await logged('dave', 'info|linked with charlie');
  await logged('charlie', 'info|linked with dave');
  await tell('alice', 'push|eve|the chain holds');
  await logged('eve', 'info|got the chain holds from alice');
});

it('one that has disconnected gets nothing, and says so when asked to push', async () => {
  const [alice] = await Promise.all(['alice', 'bob'].map((name) => start(name)));
  await tell('bob', `peer|${alice}`, 'connect');
  await standing('bob', 'connecting');
  await tell('alice', 'connect');
  await standing('bob', 'connected');
  await tell('bob', 'disconnect', 'push|alice|too late', 'peer|nonsense');
  await standing('bob', 'disconnected');
  await logged('bob', 'warn|push to alice: not connected');
  await logged('bob', 'warn|no use for the address "nonsense"');
  await logged('alice', 'warn|lost bob: it said goodbye');
  await tell('bob', 'connect');
  await standing('bob', 'connected');
  await tell('alice', 'push|bob|welcome back');
  await logged('bob', 'info|got welcome back from alice');
});

it('writes log lines, reports statuses and does nothing for as long as it is told', async () => {
  await start('alice');
  await tell('alice', 'log|warn|3|a|b', 'log|debug|2|not shown', 'status|one|two||three', 'work|250', 'status|four');
  await standing('alice', 'four');
  const lines = await redis.logOf('alice');
  expect(lines.slice(0, 3)).toEqual(['warn|a|b 1', 'warn|a|b 2', 'warn|a|b 3']);
  expect(lines.slice(3, 5)).toEqual([
    expect.stringMatching(/^info\|logged 3 lines in \d+ ms$/),
    expect.stringMatching(/^info\|logged 2 lines in \d+ ms$/),
  ]);
  expect(lines.slice(5)).toEqual([
    expect.stringMatching(/^error\|status : .*a status is a word/),
    'info|worked 250 ms',
  ]);
  const entries = await redis.admin.xrange('alice_statuses', '-', '+');
  const statuses = entries.map(([, fields]) => ({ text: fields[1], at: Number(fields[3]) }));
  expect(statuses.map(({ text }) => text).slice(1)).toEqual(['one', 'two', 'three', 'four']);
  expect(statuses[4]!.at - statuses[3]!.at).toBeGreaterThanOrEqual(245);
});

it('goes on after what it does not understand', async () => {
  await start('alice');
  const strange = ['log|loud|1|x', 'log|info|many|x', 'work', 'work|-1', 'status', '', '|', 'fly|%s|\u0000\n😀'];
  await tell('alice', ...strange, 'status|still here');
  await standing('alice', 'still here');
  const logged = await redis.logOf('alice');
  const unknown = strange.filter((raw) => raw !== 'status');
  expect(logged).toEqual(unknown.map((raw) => `warn|unknown command: ${raw}`));
});

it('crashes with the code that it is told, without a word', async () => {
  await start('alice');
  await tell('alice', 'crash|7');
  expect(await exitOf('alice')).toEqual([7, null]);
  expect(await redis.admin.get('alice_status')).toMatch(/^started/);
  expect(await redis.logOf('alice')).toContain('error|crashes on command');
});

it('hangs so that only SIGKILL helps', async () => {
  await start('alice');
  await tell('alice', 'hang');
  await logged('alice', 'error|hangs on command');
  await tell('alice', 'shutdown');
  const { child, ended } = running.get('alice')!;
  await pause(100);
  child.kill('SIGTERM');
  expect(await Promise.race([ended, pause(500, 'still there')])).toBe('still there');
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
});

it('takes SIGTERM for a shutdown', async () => {
  await start('alice');
  running.get('alice')!.child.kill('SIGTERM');
  expect(await exitOf('alice')).toEqual([0, null]);
  expect(await redis.admin.get('alice_status')).toBe('stopped');
});

it('says what is wrong, and ends with 1, where its port is taken or it was not started by tm', async () => {
  const taken = createSocket('udp4').bind(0, '0.0.0.0');
  await once(taken, 'listening');
  const env = {
    PATH: process.env['PATH'],
    REDIS_URL: redis.url(),
    PEER_NAME: 'alice',
    LISTEN_ADDR: `/ip4/0.0.0.0/udp/${taken.address().port}/quic-v1`,
  };
  expect(await outcome(env)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot listen at .*EADDRINUSE/s),
  });
  expect((await redis.logOf('alice')).join()).toContain('EADDRINUSE');
  taken.close();
  expect(await outcome({ PATH: process.env['PATH'] })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/REDIS_URL is not set/),
  });
});

async function outcome(env: NodeJS.ProcessEnv): Promise<{ readonly code: unknown; readonly stderr: string }> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '0.0.0.0');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
