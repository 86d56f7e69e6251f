import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findRedisProcesses } from '../../../src/drivers/redis/redis-processes.ts';
import { findRedisProgram } from '../../../src/drivers/redis/redis-program.ts';
import { createRedisServers } from '../../../src/drivers/redis/redis-servers.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { toFault } from '../../../src/model/fault.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { hostName, runId, testName } from '../../../src/model/names.ts';
import type { ManagedRedis } from '../../../src/ports/redis-server.ts';
import { freePort, PrivateRedis } from '../../contract/redis-server-private.ts';

const { signal } = new AbortController();
const PATH = process.env['PATH'] ?? '';
const smoke = testName(`a test of processes ${process.pid}`);
const labels: Labels = { test: smoke, run: runId('r'), host: hostName('control'), spec: 's', redis: '' };
const password = new Secret('hunter2hunter2');

const serversOn = (path: string) =>
  createRedisServers({ engine: () => Promise.reject(new Error('no engine is needed')), path });

describe('a Redis process of ours', () => {
  const servers = serversOn(PATH);
  let redis: ManagedRedis;
  let directory: string;

  beforeEach(async () => {
    redis = { kind: 'process', port: await freePort(), auth: 'generated' };
    directory = await mkdtemp(join(tmpdir(), 'tm-test-path-'));
  });

  afterEach(async () => {
    await servers.remove(redis, smoke, signal);
    await rm(directory, { recursive: true });
  });

  const ours = async () => (await findRedisProcesses()).filter((one) => one.labels.test === smoke);
  const start = (bind: readonly string[] = []) => servers.start(redis, { labels, password, bind }, signal);
  /** A PATH with a redis-server that is this shell script. */
  const pretend = async (script: string): Promise<string> => {
    const file = join(directory, 'redis-server');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return `${directory}:${PATH}`;
  };
  const faultOf = (promise: Promise<unknown>) => promise.then(() => Promise.reject(new Error('it succeeded')), toFault);

  test('shows its password to nobody on the machine, and writes nothing but what it says', async () => {
    await start();
    const [there] = await ours();
    expect(there!.labels).toEqual(labels);
    for (const file of ['cmdline', 'environ']) {
      expect(await readFile(`/proc/${there!.pid}/${file}`, 'utf8')).not.toContain(password.reveal());
    }
    expect((await readdir(there!.directory)).sort()).toEqual(['redis.log', 'tm-redis.json']);
    for (const file of await readdir(there!.directory)) {
      expect(await readFile(join(there!.directory, file), 'utf8')).not.toContain(password.reveal());
    }
    await servers.remove(redis, smoke, signal);
    await expect(readdir(there!.directory)).rejects.toThrow(/ENOENT/);
  });

  test('outlives the tm that started it, and is found by the next one', async () => {
    const program = `
      import { createRedisServers } from '${new URL('../../../src/drivers/redis/redis-servers.ts', import.meta.url)}';
      import { Secret } from '${new URL('../../../src/lib/secret.ts', import.meta.url)}';
      const servers = createRedisServers({ engine: () => undefined, path: process.env.PATH });
      const [redis, labels, password] = JSON.parse(process.argv[2]);
      await servers.start(redis, { labels, password: new Secret(password), bind: [] }, new AbortController().signal);`;
    const file = join(directory, 'starter.mts');
    await writeFile(file, program);
    const args = ['--import', import.meta.resolve('tsx'), file, JSON.stringify([redis, labels, password.reveal()])];
    await promisify(execFile)(process.execPath, args);
    expect(await servers.observe(redis, smoke, password, signal)).toMatchObject({ kind: 'ready' });
    expect(await servers.remove(redis, smoke, signal)).toBe(true);
    expect(await servers.observe(redis, smoke, password, signal)).toEqual({ kind: 'absent' });
  });

  test('of a release before 6.2, which writes over its environment, is found by its directory', async () => {
    const real = (await findRedisProgram(PATH, signal)).path;
    const old = serversOn(await pretend(`[ "$1" = --version ] && echo "Redis server v=6.0.16" || exec ${real} "$@"`));
    await old.start(redis, { labels, password, bind: [] }, signal);
    const [there] = await ours();
    expect(await readFile(`/proc/${there!.pid}/environ`, 'utf8')).not.toContain('IO_THE_MULE_TEST');
    expect(there!.labels).toEqual(labels);
    expect(await servers.observe(redis, smoke, password, signal)).toMatchObject({ kind: 'ready' });
    expect(await servers.remove(redis, smoke, signal)).toBe(true);
    expect(await ours()).toEqual([]);
  });

  test('listens where it is told to, and nowhere else', async () => {
    await start(['127.0.0.2']);
    const answers = async (host: string) => {
      const client = new Redis({
        host,
        port: redis.port,
        password: password.reveal(),
        lazyConnect: true,
        retryStrategy: null,
      });
      client.on('error', () => undefined);
      const answer = await client
        .connect()
        .then(() => client.ping())
        .catch(() => 'refused');
      client.disconnect();
      return answer;
    };
    expect(await answers('127.0.0.1')).toBe('PONG');
    expect(await answers('127.0.0.2')).toBe('PONG');
    expect(await answers('127.0.0.3')).toBe('refused');
  });

  test('without a password lets everybody in who reaches it', async () => {
    const open: ManagedRedis = { ...redis, auth: 'none' };
    await servers.start(open, { labels, bind: [] }, signal);
    expect(await servers.observe(open, smoke, undefined, signal)).toMatchObject({ kind: 'ready' });
    expect(await servers.observe(open, smoke, password, signal)).toMatchObject({ kind: 'unusable' });
    const client = new Redis({ port: redis.port });
    expect(((await client.config('GET', 'protected-mode')) as string[])[1]).toBe('no');
    client.disconnect();
  });

  test('says what is in its way', async () => {
    await using theirs = await PrivateRedis.start([], redis.port);
    expect(await faultOf(start())).toEqual({
      kind: 'conflict',
      message: `port ${redis.port}, which this test's Redis is to have, is taken by redis-server (process ${theirs.pid})`,
      hint: expect.stringContaining(`--redis-url redis://127.0.0.1:${redis.port}`),
    });
  });

  test('that cannot start says why, and leaves nothing', async () => {
    expect(await faultOf(start(['203.0.113.7']))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/no address 203\.0\.113\.7/),
    });
    const broken = serversOn(
      await pretend('[ "$1" = --version ] && echo "v=7.0.0" || { echo "# FATAL: out of luck"; exit 3; }'),
    );
    expect(await faultOf(broken.start(redis, { labels, password, bind: [] }, signal))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/exit code 3.*out of luck/),
    });
    const gone = new AbortController();
    const slow = serversOn(await pretend('[ "$1" = --version ] && echo "v=7.0.0" || exec sleep 60'));
    const starting = slow.start(redis, { labels, password, bind: [] }, gone.signal);
    setTimeout(() => gone.abort(new Error('no more')), 100);
    expect(await faultOf(starting)).toMatchObject({ message: 'no more' });
    expect(await ours()).toEqual([]);
    const left = await Promise.all(
      (await readdir(tmpdir()))
        .filter((name) => name.startsWith('tm-redis-'))
        .map((name) => readFile(join(tmpdir(), name, 'tm-redis.json'), 'utf8').catch(() => '')),
    );
    expect(left.filter((text) => text.includes(smoke))).toEqual([]);
  });

  test('needs a program, and says what to install', async () => {
    expect(await faultOf(findRedisProgram(directory, signal, []))).toEqual({
      kind: 'unreachable',
      what: 'redis',
      message: 'neither redis-server nor valkey-server is installed on this machine',
      hint: expect.stringMatching(/install.*--redis-url/),
    });
  });
});
