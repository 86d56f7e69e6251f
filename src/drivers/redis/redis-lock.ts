import type { LockHolder } from '../../model/fault.ts';
import type { RedisLock } from '../../ports/bus.ts';
import { LOCK_KEY } from './own-keys.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisSession } from './redis-session.ts';

/** Milliseconds that a lock outlives its holder, and between two renewals. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

/** Takes the lock if its value is still what we saw ('' for none). KEYS: lock. ARGV: seen, ours, lease. Answer: the value that stands. */
const TAKE = `
local there = redis.call('GET', KEYS[1]) or ''
if there ~= ARGV[1] then return there end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]`;

/** Prolongs our lock, or takes it again from a server that lost it. */
const RENEW = `
local there = redis.call('GET', KEYS[1])
if there and there ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Takes the lock of the session's database. `alive` says whether a process of this machine lives. */
export async function takeRedisLock(
  session: RedisSession,
  holder: LockHolder,
  alive: (pid: number) => boolean,
  signal: AbortSignal,
): Promise<RedisLock | { readonly heldBy: LockHolder }> {
  const ours = JSON.stringify(holder);
  let seen = '';
  for (;;) {
    const there = await session.run('the lock', (link) => take(link, seen, ours), signal);
    if (there === ours) return new Held(session, ours);
    const other = readHolder(there);
    const died = other !== undefined && other.machine === holder.machine && !alive(other.pid);
    // A value that is nobody's is in nobody's way; what we saw is replaced only if it still stands.
    if (there !== '' && other !== undefined && !died) return { heldBy: other };
    seen = there;
  }
}

/** Who holds the lock of the session's database, unless that is a process of `machine`, this one, which has died. */
export async function redisLockHolder(
  session: RedisSession,
  machine: string,
  alive: (pid: number) => boolean,
  signal: AbortSignal,
): Promise<LockHolder | undefined> {
  const there = await session.run('the lock', (link) => link.call('get', LOCK_KEY), signal);
  const holder = readHolder(String(there ?? ''));
  return holder !== undefined && holder.machine === machine && !alive(holder.pid) ? undefined : holder;
}

/** Whether a process of this machine lives; one that we may not signal does. */
export function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function take(link: RedisLink, seen: string, ours: string): Promise<string> {
  return String(await link.call('eval', TAKE, 1, LOCK_KEY, seen, ours, LEASE_MS));
}

function readHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<LockHolder> | null;
    return typeof holder?.run === 'string' && typeof holder.pid === 'number' ? (holder as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

class Held implements RedisLock {
  readonly held = true;
  readonly #session: RedisSession;
  readonly #ours: string;
  readonly #renewal: NodeJS.Timeout;

  constructor(session: RedisSession, ours: string) {
    this.#session = session;
    this.#ours = ours;
    this.#renewal = setInterval(() => void this.#call(RENEW, [LEASE_MS], AbortSignal.timeout(RENEW_MS)), RENEW_MS);
    this.#renewal.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#renewal);
    // Where Redis is away the lease runs out by itself.
    await this.#call(RELEASE, [], AbortSignal.timeout(1_000));
  }

  async #call(script: string, args: readonly number[], signal: AbortSignal): Promise<void> {
    await this.#session
      .run('the lock', (link) => link.call('eval', script, 1, LOCK_KEY, this.#ours, ...args), signal)
      .catch(() => undefined);
  }
}
