import type { Secret } from '../lib/secret.ts';
import type { TestName } from '../model/names.ts';
import { stepId } from '../plan/order.ts';
import type { World } from './world.ts';

/**
 * The journal lines of the run that goes on: its history, then live. Ends with the signal, after the line that ends the run, and before
 * that when the run removes the Redis that tells it. Throws `unreachable` where there is no Redis.
 */
export async function* followRun(
  world: World,
  test: TestName,
  url: Secret,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using bus = await world.buses.connect(url, signal);
  let judged = false;
  try {
    for await (const line of bus.follow(test, signal)) {
      yield line;
      if (isOfType(line, 'verdict')) judged = true;
      if (isOfType(line, 'run-ended') || isRedisRemoval(line)) return;
    }
  } catch (error) {
    if (!judged && !signal.aborted) throw error;
  }
}

/** Journal lines are written by tm itself, so the type stands in them as JSON writes it. */
function isOfType(line: string, type: string): boolean {
  return line.includes(`"type":"${type}"`) && (JSON.parse(line) as { type?: unknown }).type === type;
}

/** The last thing that a managed Redis can tell. */
function isRedisRemoval(line: string): boolean {
  return isOfType(line, 'step-started') && (JSON.parse(line) as { step?: unknown }).step === REDIS_REMOVAL;
}

const REDIS_REMOVAL = stepId({ kind: 'redis.remove' });
