import { LISTENING_CHANNEL, NOTIFY_KEY, probeKey } from './own-keys.ts';
import type { Reply } from './redis-call.ts';
import { RedisReplyError } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';

const SETTING = 'notify-keyspace-events';
/** Keyspace channels, and the classes: strings (statuses), lists (logs, commands), generic (a deleted queue). */
const NEEDED = 'K$lg';
/** What `A` stands for. */
const ALL = 'g$lshzxetd';

/** `have` with those of `needed` that it lacks, in the server's own letters. */
export function withNotifications(have: string, needed = NEEDED): string {
  const there = new Set(have.includes('A') ? have + ALL : have);
  return have + [...needed].filter((flag) => !there.has(flag)).join('');
}

/** The record is the server's, not the database's, like the setting. A script sees the selected database only within itself. */
const READ = `redis.call('SELECT', '0') return redis.call('HMGET', KEYS[1], 'before', 'set')`;
const WRITE = `redis.call('SELECT', '0') return redis.call('HSET', KEYS[1], 'before', ARGV[1], 'set', ARGV[2])`;
const FORGET = `redis.call('SELECT', '0') return redis.call('DEL', KEYS[1])`;

/**
 * Adds what tm needs to the server's setting, and notes in Redis what it was, so that a tm that is killed leaves no trace: the next
 * one puts the noted value back. False: the server does not let us (`CONFIG` is refused).
 */
export async function turnOnNotifications(link: RedisLink): Promise<boolean> {
  try {
    const now = await setting(link);
    const wanted = withNotifications(now);
    if (wanted === now) return true;
    const record = (await link.call('eval', READ, 1, NOTIFY_KEY)) as readonly Reply[];
    // A tm that was killed between noting and setting has noted what is there now anyway.
    const before = typeof record[0] === 'string' && sameFlags(now, String(record[1])) ? record[0] : now;
    await link.call('eval', WRITE, 1, NOTIFY_KEY, before, wanted);
    await link.call('config', 'set', SETTING, wanted);
    return true;
  } catch (error) {
    if (error instanceof RedisReplyError) return false;
    throw error;
  }
}

/** Puts the noted value back, unless another tm still listens to this server or somebody has set another value meanwhile. */
export async function restoreNotifications(link: RedisLink): Promise<void> {
  try {
    const record = (await link.call('eval', READ, 1, NOTIFY_KEY)) as readonly Reply[];
    const [before, set] = record;
    if (typeof before !== 'string' || typeof set !== 'string' || (await listeners(link)) > 0) return;
    if (sameFlags(await setting(link), set)) await link.call('config', 'set', SETTING, before);
    // One that came while we set it found everything as it needs it: what it needs must be there again.
    if ((await listeners(link)) > 0) await link.call('config', 'set', SETTING, set);
    else await link.call('eval', FORGET, 1, NOTIFY_KEY);
  } catch (error) {
    // Refused: then it was also refused to change it.
    if (!(error instanceof RedisReplyError)) throw error;
  }
}

/** Makes one event of each class that we need, on a key of our own. */
export async function makeProbeEvents(link: RedisLink, bus: string): Promise<void> {
  const key = probeKey(bus);
  await link.pipeline([
    ['set', key, '1', 'PX', 1_000],
    ['del', key],
    ['lpush', key, '1'],
    ['del', key],
  ]);
}

/** The events by which a probe shows that all classes come. */
export const PROBE_EVENTS = ['set', 'del', 'lpush'] as const;

async function setting(link: RedisLink): Promise<string> {
  const reply = (await link.call('config', 'get', SETTING)) as readonly Reply[];
  return String(reply[1] ?? '');
}

async function listeners(link: RedisLink): Promise<number> {
  const reply = (await link.call('pubsub', 'numsub', LISTENING_CHANNEL)) as readonly Reply[];
  return Number(reply[1] ?? 0);
}

/** The server writes the letters in an order of its own. */
function sameFlags(a: string, b: string): boolean {
  const flags = (text: string) => [...new Set(text.replace('A', ALL))].sort().join('');
  return flags(a) === flags(b);
}
