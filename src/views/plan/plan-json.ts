import { canonicalJson } from '../../lib/digest.ts';
import type { Expectation } from '../../model/expectation.ts';
import type { Plan, PlanSummary } from '../../model/plan.ts';

/** A plan for programs: one JSON object on one line, its keys sorted, so that equal plans are equal text. `version` grows with the shape. */
export function planJson(
  plan: Plan,
  summary: PlanSummary,
  expectations: readonly Expectation[] = [],
  combinations: readonly string[] = [],
): string {
  const matrix = combinations.length > 1 ? { matrix: { combinations, planned: combinations[0] } } : {};
  return canonicalJson({ type: 'plan', version: 1, plan, summary, expectations, ...matrix });
}
