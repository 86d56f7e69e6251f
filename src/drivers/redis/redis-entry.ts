import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { perform } from './redis-call.ts';
import { RedisReplyError } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';

/** Who answers there. `instance` is its `run_id`. */
export interface RedisServerInfo {
  readonly instance: string;
  readonly version: string;
}

/**
 * Says the password, takes the database and asks who is there: all at once, as a server far away answers each question only after a
 * while. A server that is loading its data is waited for until `late`.
 */
export async function enterRedis(
  redis: Redis,
  endpoint: RedisEndpoint,
  name: string,
  late: AbortSignal,
): Promise<RedisServerInfo> {
  const { username, password, database } = endpoint;
  for (;;) {
    const secret = password?.reveal();
    const [authenticated, selected, answered, , info] = await Promise.allSettled([
      secret === undefined ? 'OK' : perform(redis, 'auth', username === undefined ? [secret] : [username, secret]),
      perform(redis, 'select', [database]),
      perform(redis, 'ping', []),
      // Not being allowed a name, or to ask who the server is, is no reason to stay outside.
      perform(redis, 'client', ['setname', name]),
      perform(redis, 'info', ['server']),
    ]);
    const failed = [authenticated, selected, answered].find((each) => each.status === 'rejected');
    if (failed === undefined) return infoOf(info.status === 'fulfilled' ? String(info.value) : '', endpoint);
    if (late.aborted || !isBusy(failed.reason)) throw failed.reason;
    await sleep(50);
  }
}

const isBusy = (error: unknown): boolean => error instanceof RedisReplyError && /^(LOADING|BUSY) /.test(error.message);

function infoOf(info: string, { display }: RedisEndpoint): RedisServerInfo {
  return {
    // A user without the right to INFO gets no identity; the same words each time, so that nothing looks replaced.
    instance: field(info, 'run_id') ?? `unnamed ${display}`,
    version: field(info, 'valkey_version') ?? field(info, 'redis_version') ?? 'unknown',
  };
}

const field = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
