import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { runCommand } from '../testbed/run-command.ts';
import { until } from '../testbed/until.ts';

/** A Redis that is not tm's, with a password and a notification setting of its own. */
export interface PrivateRedis {
  readonly password: string;
  url(database: number): string;
  keys(database: number): Promise<readonly string[]>;
  /** `notify-keyspace-events`, as it stands. */
  notifications(): Promise<string>;
  stop(): Promise<void>;
}

const PORT = 7451;

/** Starts it on an address that the bed's hosts reach. */
export async function startPrivateRedis(address: string): Promise<PrivateRedis> {
  const password = randomBytes(12).toString('hex');
  const settings = ['--port', String(PORT), '--bind', address, '--save', '', '--notify-keyspace-events', 'KEx'];
  const child = spawn('redis-server', [...settings, '--requirepass', password], { stdio: 'ignore' });
  const cli = (...args: readonly string[]) =>
    runCommand('redis-cli', ['-h', address, '-p', String(PORT), '-a', password, '--no-auth-warning', ...args]);
  await until(async () => (await cli('PING')).trim() === 'PONG', { what: 'redis-server', timeoutMs: 10_000 });
  return {
    password,
    url: (database) => `redis://default:${password}@${address}:${PORT}/${database}`,
    keys: async (database) => (await cli('-n', String(database), 'KEYS', '*')).split('\n').filter((key) => key !== ''),
    notifications: async () => (await cli('CONFIG', 'GET', 'notify-keyspace-events')).split('\n')[1] ?? '',
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
