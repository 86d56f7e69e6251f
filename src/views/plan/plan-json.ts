import { canonicalJson } from '../../lib/digest.ts';
import type { Plan, PlanSummary } from '../../model/plan.ts';

/** A plan for programs: one JSON object on one line, its keys sorted, so that equal plans are equal text. `version` grows with the shape. */
export function planJson(plan: Plan, summary: PlanSummary): string {
  return canonicalJson({ type: 'plan', version: 1, plan, summary });
}
