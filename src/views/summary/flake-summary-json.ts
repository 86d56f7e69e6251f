import type { FlakeSummary } from './flake-summary.ts';

/** A summary for programs: one JSON object on one line, behind the events of the runs. `version` grows with the shape. */
export function flakeSummaryJson(summary: FlakeSummary): string {
  return JSON.stringify({ type: 'summary', version: 1, ...summary });
}
