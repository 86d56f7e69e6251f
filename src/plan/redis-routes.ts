import type { Desired } from '../model/desired.ts';
import { REDIS_CONTAINER } from '../model/names.ts';
import type { Observed } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import type { PeerAddresses } from './diff-peers.ts';

/** A conflict for each host that has peers but no way to the Redis of the test, as behind a jump host. */
export function redisRoutes(desired: Desired, observed: Observed, addresses: PeerAddresses): readonly Change[] {
  const { redis } = desired;
  return observed.hosts
    .filter(({ kind, host }) => kind === 'reachable' && !addresses.redis.has(host))
    .filter(({ host }) => desired.peers.some((peer) => peer.host === host))
    .map(({ host }) => ({
      kind: 'conflict',
      on: host,
      resource: { kind: 'redis', name: redis.kind === 'external' ? redis.display : REDIS_CONTAINER },
      because:
        redis.kind === 'external'
          ? 'is on this machine, and how this host reaches it cannot be told: give --redis-url an address that it reaches'
          : 'how this host reaches it cannot be told: set redis.advertise to an address of this machine',
      forcedBy: [],
    }));
}
