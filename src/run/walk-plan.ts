import type { Plan } from '../model/plan.ts';
import { perform } from './perform.ts';
import type { Session } from './session.ts';
import { LIMITS, type WalkResult, walk } from './walk.ts';

/** Walks a plan with the session's connections. Never rejects; no step begins after `stop`. */
export function walkPlan(session: Session, plan: Plan, stop: AbortSignal): Promise<WalkResult> {
  const { recorder, world } = session;
  const now = () => world.clock.now();
  return walk(plan, (step) => perform(step, session), { limits: LIMITS, recorder, stop, now });
}
