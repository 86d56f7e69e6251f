import type { Secret } from '../lib/secret.ts';
import type { DesiredRedis } from '../model/desired.ts';
import type { Labels } from '../model/labels.ts';
import type { TestName } from '../model/names.ts';
import type { ObservedRedis } from '../model/observed.ts';

export type ManagedRedis = Exclude<DesiredRedis, { kind: 'external' }>;

/** The Redis that tm runs on the control machine, as a container or a process. */
export interface RedisServers {
  /** What stands there, and whether it answers with this password. */
  observe(
    redis: ManagedRedis,
    test: TestName,
    password: Secret | undefined,
    signal: AbortSignal,
  ): Promise<ObservedRedis>;
  /**
   * Starts it listening on the loopback address and on `bind`, and resolves when it answers PING. The password is never on a command line.
   * A predecessor with our labels is removed first; anything else in the way is a `conflict`.
   */
  start(
    redis: ManagedRedis,
    options: { readonly labels: Labels; readonly password?: Secret; readonly bind: readonly string[] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Removes the test's Redis; does nothing where there is none. Gives whether there was one. */
  remove(redis: ManagedRedis, test: TestName, signal: AbortSignal): Promise<boolean>;
}
