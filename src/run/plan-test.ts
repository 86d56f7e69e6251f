import type { Fault } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan, PlanSummary } from '../model/plan.ts';
import { diff } from '../plan/diff.ts';
import { hasChanges, summarize } from '../plan/summary.ts';
import { obstacles, preparePlan } from './prepare.ts';
import type { RunRequest } from './request.ts';
import { Session } from './session.ts';
import type { World } from './world.ts';

/** A dry run's answer. */
export interface PlanOutcome {
  readonly plan: Plan;
  readonly summary: PlanSummary;
  readonly changes: boolean;
  /** What would stop an apply. */
  readonly faults: readonly Fault[];
}

/** What an apply would do, read from the hosts: nothing is changed, not even a lock is taken. Rejects only with the signal. */
export async function planTest(
  world: World,
  request: Pick<RunRequest, 'desired' | 'externalRedis'>,
  signal: AbortSignal,
): Promise<PlanOutcome> {
  const session = new Session(world, { ...request, cleanup: 'keep', reset: 'none' }, []);
  signal.addEventListener('abort', () => session.stop.abort(signal.reason), { once: true });
  try {
    await session.memory.read();
    const plan = await preparePlan(session, { lock: false });
    // What could not be asked because of it looks unreachable, and would be told as an answer.
    signal.throwIfAborted();
    const faults = session.observed === undefined ? [] : obstacles(session, session.observed, plan);
    return { plan, summary: summarize(plan), changes: hasChanges(plan), faults };
  } catch (error) {
    signal.throwIfAborted();
    const plan = planOffline(request);
    return { ...plan, faults: [toFault(error)] };
  } finally {
    await session.close();
  }
}

/** The plan of a first apply, without asking anybody. */
export function planOffline({ desired }: Pick<RunRequest, 'desired'>): PlanOutcome {
  const observed: Observed = {
    hosts: desired.spec.hosts.map(({ name }) => ({ kind: 'unknown', host: name })),
    control: { kind: 'unknown' },
    redis: { kind: 'unknown' },
    usedRuns: [],
  };
  const plan = diff(desired, observed, { redis: new Map(), host: new Map() });
  return { plan, summary: summarize(plan), changes: hasChanges(plan), faults: [] };
}
