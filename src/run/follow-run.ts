import type { Secret } from '../lib/secret.ts';
import { toFault } from '../model/fault.ts';
import type { TestName } from '../model/names.ts';
import { stepId } from '../plan/order.ts';
import { followLines, isOfType } from './follow-lines.ts';
import type { World } from './world.ts';

/**
 * The journal lines of the run that goes on: its history, then live. Ends with the signal, after the line that ends the run (unless a
 * later attempt at the same run follows it), and before that when the run removes the Redis that tells it. Throws `unreachable` where
 * there is no Redis, and `failed` when the tm that runs it is gone.
 */
export async function* followRun(
  world: World,
  test: TestName,
  url: Secret,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using bus = await world.buses.connect(url, signal);
  const leave = new AbortController();
  const lines = followLines(bus.follow(test, AbortSignal.any([signal, leave.signal])), {
    clock: world.clock,
    isThere: async () => (await bus.holder(world.self.machine, signal)) !== undefined,
    patience: PATIENCE,
    leave,
  });
  let judged = false;
  try {
    for await (const line of lines) {
      yield line;
      if (isOfType(line, 'run-started')) judged = false;
      if (isOfType(line, 'verdict')) judged = true;
      if (isRedisRemoval(line)) return;
    }
  } catch (error) {
    // Its own Redis goes with a run, behind its verdict.
    const over = judged && toFault(error).kind === 'unreachable';
    if (!over && !signal.aborted) throw error;
  }
}

/** Looks at the lock before its holder counts as gone: one that a server lost is taken again within ten seconds. */
const PATIENCE = 4;

/** The last thing that a managed Redis can tell. */
function isRedisRemoval(line: string): boolean {
  return isOfType(line, 'step-started') && (JSON.parse(line) as { step?: unknown }).step === REDIS_REMOVAL;
}

const REDIS_REMOVAL = stepId({ kind: 'redis.remove' });
