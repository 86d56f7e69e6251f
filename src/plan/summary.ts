import type { Plan, PlanSummary } from '../model/plan.ts';

/** Counts of a plan's changes, and the uncompressed bytes that images will take over the wire, as far as they are known. */
export function summarize(plan: Pick<Plan, 'changes'>): PlanSummary {
  const count = (kind: Plan['changes'][number]['kind']): number =>
    plan.changes.filter((change) => change.kind === kind).length;
  return {
    add: count('add'),
    update: count('update'),
    replace: count('replace'),
    remove: count('remove'),
    conflicts: count('conflict'),
    bytesToSend: plan.changes.reduce((bytes, change) => bytes + (change.transfer?.bytes ?? 0), 0),
  };
}

/** Whether anything differs from what should be, for `--detailed-exitcode`. To ask again for a moving tag and to clear Redis keys are no differences. */
export function hasChanges(plan: Pick<Plan, 'changes'>): boolean {
  return plan.changes.some((change) => change.kind !== 'keep');
}
