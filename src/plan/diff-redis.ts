import { assertNever } from '../lib/assert-never.ts';
import type { DesiredRedis } from '../model/desired.ts';
import { REDIS_CONTAINER } from '../model/names.ts';
import type { FormerRedis, Observed, ObservedRedis } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import { NOT_ASKED } from './machines.ts';

export interface RedisDecision {
  readonly change: Change;
  /** Whether it has to be started: everything that stood on its predecessor goes with it. */
  readonly start: boolean;
  readonly standing: RedisStanding;
}

/** What a peer that is already there can be held against. */
export type RedisStanding =
  | { readonly kind: 'instance'; readonly instance: string }
  /** No peer that is there can stay, and why. */
  | { readonly kind: 'gone'; readonly because: string };

/** What to do about Redis. What is not known is taken for not there, so that the plan is whole. */
export function diffRedis(
  desired: DesiredRedis,
  { redis, formerRedis }: Pick<Observed, 'redis' | 'formerRedis'>,
): RedisDecision {
  return desired.kind === 'external' ? external(desired.display, redis) : managed(desired, redis, formerRedis);
}

function managed(
  desired: Exclude<DesiredRedis, { kind: 'external' }>,
  observed: ObservedRedis,
  former: FormerRedis | undefined,
): RedisDecision {
  const line = (kind: Change['kind'], because: string): Change => ({
    kind,
    on: 'control',
    resource: { kind: 'redis', name: redisName(desired), port: desired.port },
    because,
    forcedBy: [],
  });
  const anew = { kind: 'gone', because: 'its Redis is made anew' } as const;
  switch (observed.kind) {
    case 'absent':
      return { change: line('add', 'not there'), start: true, standing: anew };
    case 'ready':
      return {
        change: line('keep', `Redis ${observed.version} answers`),
        start: false,
        standing: { kind: 'instance', instance: observed.instance },
      };
    case 'unusable':
      return { change: line('replace', observed.because), start: true, standing: anew };
    case 'foreign': {
      // What has its port is its own predecessor, which goes first.
      if (former?.redis.port === desired.port && former.unasked === undefined)
        return { change: line('add', `in place of ${redisName(former.redis)}`), start: true, standing: anew };
      const whose = observed.test === undefined ? '' : `; it belongs to the test ${observed.test}: tm destroy it first`;
      return { change: line('conflict', `${observed.because}${whose}`), start: false, standing: IN_THE_WAY };
    }
    case 'unreachable':
      return { change: line('add', `not asked: ${observed.fault.message}`), start: true, standing: anew };
    case 'unknown':
      return { change: line('add', NOT_ASKED), start: true, standing: anew };
    default:
      return assertNever(observed);
  }
}

/** Somebody else's server: it is used as it is, and never started. */
function external(display: string, observed: ObservedRedis): RedisDecision {
  const line = (kind: Change['kind'], because: string): Change => ({
    kind,
    on: 'control',
    resource: { kind: 'redis', name: display },
    because,
    forcedBy: [],
  });
  const unasked = { kind: 'gone', because: 'its Redis could not be asked' } as const;
  switch (observed.kind) {
    case 'ready':
      return {
        change: line('keep', `Redis ${observed.version} answers`),
        start: false,
        standing: { kind: 'instance', instance: observed.instance },
      };
    case 'unknown':
      return { change: line('keep', NOT_ASKED), start: false, standing: unasked };
    case 'unreachable':
      return { change: line('keep', `not asked: ${observed.fault.message}`), start: false, standing: unasked };
    case 'absent':
      return { change: line('conflict', 'there is no Redis'), start: false, standing: IN_THE_WAY };
    case 'unusable':
    case 'foreign':
      return { change: line('conflict', observed.because), start: false, standing: IN_THE_WAY };
    default:
      return assertNever(observed);
  }
}

const IN_THE_WAY = { kind: 'gone', because: 'its Redis cannot be used' } as const;

/** What the managed Redis is called in a plan. */
export function redisName(redis: Exclude<DesiredRedis, { kind: 'external' }>): string {
  return redis.kind === 'container' ? REDIS_CONTAINER : 'redis-server';
}
