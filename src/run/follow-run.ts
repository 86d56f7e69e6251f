import type { Secret } from '../lib/secret.ts';
import type { TestName } from '../model/names.ts';
import { stepId } from '../plan/order.ts';
import type { World } from './world.ts';

/**
 * The journal lines of the run that goes on: its history, then live. Ends with the signal, after the line that ends the run (unless a
 * later attempt at the same run follows it), and before that when the run removes the Redis that tells it. Throws `unreachable` where
 * there is no Redis.
 */
export async function* followRun(
  world: World,
  test: TestName,
  url: Secret,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using bus = await world.buses.connect(url, signal);
  const leave = new AbortController();
  const lines = bus.follow(test, AbortSignal.any([signal, leave.signal]))[Symbol.asyncIterator]();
  let judged = false;
  try {
    for (let ended = false; ; ) {
      const coming = lines.next();
      const next = await (ended ? soon(world, coming, leave) : coming);
      if (next.done === true) return;
      const line = next.value;
      yield line;
      if (isOfType(line, 'run-started')) judged = false;
      if (isOfType(line, 'verdict')) judged = true;
      ended = isOfType(line, 'run-ended');
      if (isRedisRemoval(line)) return;
    }
  } catch (error) {
    if (!judged && !signal.aborted) throw error;
  } finally {
    leave.abort();
    await lines.return?.();
  }
}

/** Milliseconds in which the next attempt's first line, where there is one, follows the last line of an attempt that has ended. */
const NEXT_ATTEMPT_MS = 500;

/** The next line if it comes soon; else the lines are left, and end. */
async function soon<T>(world: World, coming: Promise<T>, leave: AbortController): Promise<T> {
  const patience = new AbortController();
  const { clock } = world;
  clock.sleepUntil(clock.now() + NEXT_ATTEMPT_MS, patience.signal).then(
    () => leave.abort(),
    () => undefined,
  );
  try {
    return await coming;
  } finally {
    patience.abort();
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
