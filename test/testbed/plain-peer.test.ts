import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineRequest } from './engine-api.ts';
import { runCommand } from './run-command.ts';
import { startTestbed, type Testbed } from './testbed.ts';
import { until } from './until.ts';

let bed: Testbed;

const docker = (...args: string[]): Promise<string> =>
  runCommand('docker', ['--host', bed.control.dockerHost, ...args]);
const redis = async (...args: string[]): Promise<string> =>
  (await docker('exec', 'redis', 'redis-cli', '-a', 'p w', '--no-auth-warning', ...args)).replace(/\n$/, '');
const status = (word: string): Promise<boolean> =>
  until(async () => (await redis('GET', 'alice_status')) === word, { what: `the status ${word}`, timeoutMs: 10_000 });
const tell = (command: string): Promise<string> => redis('RPUSH', 'alice_command', command);

/** All log lines so far, the first one first: a peer pushes them to the left. */
const logged = async (): Promise<readonly string[]> =>
  (await redis('LRANGE', 'alice_log', '0', '-1')).split('\n').reverse();
const hasLogged = (count: number): Promise<boolean> =>
  until(async () => Number(await redis('LLEN', 'alice_log')) === count, { what: `${count} lines`, timeoutMs: 10_000 });
const exitCode = (): Promise<number> =>
  until(
    async () => {
      const { State } = JSON.parse(await engineRequest(bed.control.dockerSocket, '/containers/tm-alice/json'));
      return State.Running ? undefined : `${State.ExitCode}`;
    },
    { what: 'the peer to end', timeoutMs: 10_000 },
  ).then(Number);

beforeAll(async () => {
  bed = await startTestbed({ hosts: 0, images: ['plainPeer', 'redis'] });
  await docker(
    'run',
    '-d',
    '--name',
    'redis',
    '-p',
    '16380:6379',
    bed.images.redis,
    'redis-server',
    '--requirepass',
    'p w',
  );
});

afterAll(() => bed.stop());

beforeEach(async () => {
  await docker('rm', '-f', 'tm-alice').catch(() => '');
  await until(() => redis('FLUSHALL'), { what: 'Redis', timeoutMs: 10_000 });
  const url = `redis://:p%20w@${bed.control.address}:16380`;
  const environment = ['-e', `REDIS_URL=${url}`, '-e', 'PEER_NAME=alice'];
  await docker('run', '-d', '--name', 'tm-alice', ...environment, bed.images.plainPeer);
  await status('started');
});

test('logs each command as it came, and in order', async () => {
  const commands = ['push|bob|hello  you', 'say|a|b c', `it's "quoted" \\n $HOME *`, 'connect', 'disconnect'];
  for (const command of commands) await tell(command);
  await status('disconnected');
  const expected = commands.map((command) => `info|got ${command}`);
  expected.splice(2, 0, 'info|a|b c');
  expect(await logged()).toEqual(expected);
});

test('writes a burst of numbered lines in order', async () => {
  await tell('burst|5000');
  await hasLogged(5001);
  expect((await logged()).slice(1)).toEqual(Array.from({ length: 5000 }, (_, index) => `info|burst ${index + 1}`));
});

test('ends as it is told to', async () => {
  await tell('shutdown');
  expect(await exitCode()).toBe(0);
  expect(await redis('GET', 'alice_status')).toBe('stopped');
  await docker('start', 'tm-alice');
  await tell('crash|7');
  expect(await exitCode()).toBe(7);
});

test('leaves its delay and 42 for a restart', async () => {
  await tell('restart|3');
  expect(await exitCode()).toBe(42);
  expect(await redis('GET', 'alice_status')).toBe('restarting');
  expect(await docker('cp', 'tm-alice:/tmp/delay', '-')).toMatch(/3/);
});

test('ends on SIGTERM at once, unless it hangs', async () => {
  await docker('stop', '--time', '5', 'tm-alice');
  expect(await exitCode()).toBe(143);
  await docker('start', 'tm-alice');
  await tell('hang');
  await hasLogged(1);
  await docker('stop', '--time', '1', 'tm-alice');
  expect(await exitCode()).toBe(137);
});

test('outlives a Redis that goes away for a while', async () => {
  await docker('restart', '--time', '1', 'redis');
  await until(() => tell('connect'), { what: 'Redis', timeoutMs: 10_000 });
  await status('connected');
});
