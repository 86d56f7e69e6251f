import { createHash } from 'node:crypto';
import type { RedisArgument, Reply } from './redis-call.ts';
import { RedisReplyError } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';

/** A Lua script that is sent once and then called by its digest. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

export const redisScript = (text: string): RedisScript => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

/** Runs it; a server that does not know it (any more) is sent the whole text. */
export async function runScript(
  link: RedisLink,
  script: RedisScript,
  keys: readonly string[],
  args: readonly RedisArgument[],
): Promise<Reply> {
  try {
    return await link.call('evalsha', script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof RedisReplyError && error.message.startsWith('NOSCRIPT'))) throw error;
    return link.call('eval', script.text, keys.length, ...keys, ...args);
  }
}
