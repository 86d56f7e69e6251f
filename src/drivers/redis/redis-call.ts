import type { Redis } from 'ioredis';
import { RedisLinkLost, RedisReplyError } from './redis-fault.ts';

/** What Redis answers. Strings are decoded as UTF-8. */
export type Reply = string | number | null | readonly Reply[];

export type RedisArgument = string | number;

/** Does one command. Rejects with `RedisReplyError` or `RedisLinkLost`, and nothing else. */
export function perform(redis: Redis, command: string, args: readonly RedisArgument[]): Promise<Reply> {
  return redis.call(command, ...args.map(String)).then(
    (reply) => reply as Reply,
    (error: unknown) => Promise.reject(translated(error)),
  );
}

/** What the client library threw, in our words and without the command that it carries. */
export function translated(error: unknown): RedisReplyError | RedisLinkLost {
  if (error instanceof RedisReplyError || error instanceof RedisLinkLost) return error;
  if (error instanceof Error && error.name === 'ReplyError') return new RedisReplyError(error.message);
  return linkLost(error);
}

/** A failure of the connection, in our words. */
export function linkLost(error: unknown): RedisLinkLost {
  if (error instanceof RedisLinkLost) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return new RedisLinkLost(error instanceof Error ? error.message : String(error), code);
}
