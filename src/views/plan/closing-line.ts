import { formatBytes } from '../../lib/format-bytes.ts';
import type { Plan, PlanSummary } from '../../model/plan.ts';
import { countOf } from '../count-of.ts';

/** The last lines of a plan: what it comes to, and what to do about it. */
export function closingLines(plan: Plan, summary: PlanSummary): readonly string[] {
  const { add, update, replace, remove, conflicts } = summary;
  const counts = [
    ...counted(add, 'to add'),
    ...counted(update, 'to update'),
    ...counted(replace, 'to replace'),
    ...counted(remove, 'to remove'),
    ...(conflicts === 0 ? [] : [countOf(conflicts, 'conflict')]),
  ];
  if (counts.length === 0) return [nothing(plan)];
  const line = `Plan: ${counts.join(', ')}.${sizeText(plan, summary)}`;
  if (conflicts === 0) return [line];
  return [line, `Nothing is touched before the ${conflicts === 1 ? 'conflict is' : 'conflicts are'} solved.`];
}

const counted = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${count} ${what}`]);

function nothing({ intent, warnings }: Plan): string {
  if (intent === 'apply')
    return 'No changes. Everything is as the config says: tm apply goes straight to the timeline.';
  return warnings.length === 0 ? 'Nothing to remove: nothing of this test is left.' : 'Nothing of this test was found.';
}

/** Rounded, since layers are counted as the engine unpacks them. What is pulled first is not known yet. */
function sizeText({ changes }: Plan, { bytesToSend }: PlanSummary): string {
  if (bytesToSend === 0) return '';
  const unknown = changes.some(
    ({ kind, on, resource, transfer }) =>
      kind === 'add' && resource.kind === 'image' && on !== 'control' && transfer === undefined,
  );
  return ` ${unknown ? 'At least' : 'About'} ${formatBytes(Number(bytesToSend.toPrecision(2)))} to send.`;
}
