import { type Finding, fails, holds, notShown } from '../../clients/conformance/finding.ts';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';
import type { Report } from '../../clients/conformance/suite.ts';

/** A report in which everything holds but what is given. */
export function outcome(findings: Readonly<Record<string, Finding>> = {}): Report {
  const results = REQUIREMENTS.map((requirement) => ({
    requirement,
    finding: findings[requirement.id] ?? holds,
    evidence: [],
  }));
  return { results, isReference: true };
}

/** One of each. */
export const MIXED = outcome({
  'P-STARTED': fails('`started`', '"hello"'),
  'P-SIGTERM': fails('`stopped`', 'nothing'),
  'P-STREAM-BOTH': notShown('it does not write the status stream'),
  'P-STREAM-ID': notShown('it does not write the status stream'),
});
