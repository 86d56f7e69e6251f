import { redactEnvironment } from '../lib/redact.ts';
import type { Plan } from '../model/plan.ts';

/** The plan as it may be shown and journalled: what peers are given as secrets is left out. It can no longer be applied. */
export function redactPlan(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => {
      const { action } = step;
      if (action.kind !== 'peer.run') return step;
      const environment = redactEnvironment(action.workload.environment);
      return { ...step, action: { ...action, workload: { ...action.workload, environment } } };
    }),
  };
}
