import type { Buses } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Hosts } from '../ports/host.ts';
import type { RedisServers } from '../ports/redis-server.ts';
import type { Stores } from '../ports/store.ts';

/** Everything outside that a run may touch. `cli/wire.ts` provides the real one, the simulation one in memory. */
export interface World {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly hosts: Hosts;
  readonly redisServers: RedisServers;
  readonly buses: Buses;
  readonly stores: Stores;
  /** Who holds the locks that this tm takes. */
  readonly self: { readonly pid: number; readonly machine: string; readonly user: string };
  /** Of tm, for the journal. */
  readonly version: string;
  /** What tm itself runs on, for the evidence: `20.19.2`, `linux x64 6.1.0`. */
  readonly runtime: { readonly node: string; readonly platform: string };
}
