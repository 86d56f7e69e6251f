import { formatBytes } from '../../lib/format-bytes.ts';
import type { Plan, PlanSummary } from '../../model/plan.ts';
import { countOf } from '../count-of.ts';

/** A plan in one line: `2 to add, 2 to replace, 18.2 MB to send`, or that there is nothing to do. */
export function planText({ plan, summary }: { readonly plan: Plan; readonly summary: PlanSummary }): string {
  const parts = [
    ...count(summary.add, 'to add'),
    ...count(summary.update, 'to update'),
    ...count(summary.replace, 'to replace'),
    ...count(summary.remove, 'to remove'),
    ...(summary.conflicts === 0 ? [] : [countOf(summary.conflicts, 'conflict')]),
    ...(summary.bytesToSend === 0 ? [] : [`${formatBytes(summary.bytesToSend)} to send`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return plan.intent === 'apply' ? 'nothing to do' : 'nothing to remove';
}

const count = (number: number, what: string): readonly string[] => (number === 0 ? [] : [`${number} ${what}`]);
