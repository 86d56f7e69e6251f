import type { Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { saveFormerRuns } from './evidence/save-former-runs.ts';
import { perform } from './perform.ts';
import type { Session } from './session.ts';
import { LIMITS, type WalkResult, walk } from './walk.ts';

/**
 * Walks a plan with the session's connections, after what it removes of other runs is saved; `observed` is what it was made from. Never
 * rejects; no step begins after `stop`.
 */
export async function walkPlan(
  session: Session,
  plan: Plan,
  observed: Observed,
  stop: AbortSignal,
): Promise<WalkResult> {
  const { recorder, world } = session;
  if (!stop.aborted) await saveFormerRuns(session, plan, observed);
  const now = () => world.clock.now();
  return walk(plan, (step) => perform(step, session), { limits: LIMITS, recorder, stop, now });
}
