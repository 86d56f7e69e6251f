import type { Desired } from '../model/desired.ts';
import type { Observed } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import { redisName } from './diff-redis.ts';
import type { Draft } from './order.ts';

/** What removes the Redis that the test had before its config was changed, once its peers are gone; nothing where there is none. */
export function removeFormerRedis(
  { redis: desired }: Pick<Desired, 'redis'>,
  { formerRedis, redis: observed }: Pick<Observed, 'formerRedis' | 'redis'>,
): { readonly changes: readonly Change[]; readonly drafts: readonly Draft[] } {
  // A removal takes every process of the test with it, and the one that is wanted may stand by now.
  const stands = desired.kind === 'process' && observed.kind === 'ready';
  if (formerRedis === undefined || formerRedis.unasked !== undefined || stands) return { changes: [], drafts: [] };
  const { redis } = formerRedis;
  const because = desired.kind === 'external' ? 'another Redis is used now' : `Redis is a ${desired.kind} now`;
  const resource = { kind: 'redis', name: redisName(redis), port: redis.port } as const;
  return {
    changes: [{ kind: 'remove', on: 'control', resource, because, forcedBy: [] }],
    drafts: [{ action: { kind: 'redis.remove-former', redis }, because }],
  };
}
