import { Secret } from '../lib/secret.ts';
import { type LockHolder, TmError } from '../model/fault.ts';
import { type TestName, testName } from '../model/names.ts';
import type { World } from './world.ts';

/** A test that some tm runs now, and how to talk to it. */
export interface RunningTest {
  readonly test: TestName;
  readonly holder: LockHolder;
  /** Of its Redis. */
  readonly url: Secret;
}

/**
 * The test that runs on a Redis, or else the last used one that runs here. Throws `failed` where none runs, `usage` where its Redis is
 * external and not given, `unreachable` where it does not answer.
 */
export async function runningTest(
  world: World,
  given: { readonly redisUrl?: Secret },
  signal: AbortSignal,
): Promise<RunningTest> {
  return given.redisUrl === undefined ? runningHere(world) : runningOn(world, given.redisUrl, signal);
}

async function runningHere({ stores, self }: World): Promise<RunningTest> {
  for (const { test, redis, redisUrl } of await stores.known()) {
    const holder = await stores.open(test).holder(self.machine);
    if (holder === undefined) continue;
    if (redisUrl !== undefined) return { test, holder, url: new Secret(redisUrl) };
    throw redis.kind === 'external'
      ? new TmError({
          kind: 'usage',
          message: `"${test}" has an external Redis, whose URL is not remembered here`,
          hint: `give it as the run has it, with --redis-url <url> or in TM_REDIS_URL (${redis.display})`,
        })
      : new TmError({
          kind: 'failed',
          message: `"${test}" has no Redis yet, or no longer`,
          hint: 'its peers can be reached from when it has started them until it shuts them down',
        });
  }
  throw new TmError({
    kind: 'failed',
    message: 'no test runs here',
    hint: 'go to where its tm was started, or say with --redis-url where its Redis is',
  });
}

async function runningOn({ buses, self }: World, url: Secret, signal: AbortSignal): Promise<RunningTest> {
  await using bus = await buses.connect(url, signal);
  const holder = await bus.holder(self.machine, signal);
  if (holder !== undefined) return { test: testName(holder.test), holder, url };
  throw new TmError({ kind: 'failed', message: 'no test runs on this Redis', hint: 'start one with tm apply' });
}
