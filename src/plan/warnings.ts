import type { Observed } from '../model/observed.ts';
import type { AmbiguousImage } from './ambiguous-images.ts';
import { redisName } from './diff-redis.ts';

/** What a person should know of a plan although it stops nothing: what was not seen, and what is not the same everywhere. */
export function warningsOf(observed: Observed, ambiguous: readonly AmbiguousImage[]): readonly string[] {
  const { hosts, control, redis, formerRedis } = observed;
  return [
    ...hosts.flatMap((host) =>
      host.kind === 'unreachable' ? [`${host.host} was not asked: ${host.fault.message}`] : [],
    ),
    ...(control.kind === 'unreachable' ? [`this machine's engine was not asked: ${control.fault.message}`] : []),
    ...(redis.kind === 'unreachable' ? [`Redis was not asked: ${redis.fault.message}`] : []),
    ...(formerRedis?.unasked === undefined
      ? []
      : [
          `whether the earlier ${redisName(formerRedis.redis)} still stands cannot be told: ${formerRedis.unasked.message}`,
        ]),
    ...ambiguous.map(
      ({ ref, on }) => `${ref} is not the same image on ${on.join(', ')}, and this machine has none to compare`,
    ),
  ];
}
