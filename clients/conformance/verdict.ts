import type { Report, Result } from './suite.ts';

/** How a requirement stands: a SHOULD that does not hold is a warning. */
export type Standing = 'holds' | 'fails' | 'warns' | 'not-shown';

export function standingOf({ finding, requirement }: Result): Standing {
  if (finding.kind !== 'fails') return finding.kind;
  return requirement.level === 'must' ? 'fails' : 'warns';
}

/** Every MUST that could be shown holds. */
export const conforms = (report: Report): boolean => !report.results.some((result) => standingOf(result) === 'fails');

/** The outcome in a sentence. */
export function sentenceOf(report: Report): string {
  const having = (standing: Standing) => report.results.filter((result) => standingOf(result) === standing);
  const musts = report.results.filter(({ requirement }) => requirement.level === 'must');
  const shownMusts = musts.filter((result) => standingOf(result) !== 'not-shown').length;
  const failed = having('fails').map(({ requirement }) => requirement.id);
  const warned = having('warns').map(({ requirement }) => requirement.id);
  const hidden = having('not-shown').length;
  const parts = [
    failed.length === 0
      ? `every MUST that could be shown holds (${shownMusts} of ${musts.length})`
      : `${failed.length} of ${shownMusts} MUSTs ${failed.length === 1 ? 'does' : 'do'} not hold: ${failed.join(', ')}`,
    warned.length > 0 &&
      `${warned.length} ${warned.length === 1 ? 'SHOULD does' : 'SHOULDs do'} not: ${warned.join(', ')}`,
    hidden > 0 && `${hidden} ${hidden === 1 ? 'is' : 'are'} not shown`,
  ];
  return parts.filter(Boolean).join('; ');
}
