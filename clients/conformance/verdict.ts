import type { Report, Result } from './suite.ts';

/** How a requirement stands: a SHOULD that does not hold is a warning. */
export type Standing = 'holds' | 'fails' | 'warns' | 'not-shown';

export function standingOf({ finding, requirement }: Result): Standing {
  if (finding.kind !== 'fails') return finding.kind;
  return requirement.level === 'must' ? 'fails' : 'warns';
}

/** Every MUST that could be shown holds, and something could be shown. */
export function conforms({ results }: Report): boolean {
  const standings = results.map(standingOf);
  return !standings.includes('fails') && standings.some((standing) => standing !== 'not-shown');
}

/** The results that concern the peer: without those of client libraries, where it does not know the commands that show them. */
export const concerning = ({ results, isReference }: Report): readonly Result[] =>
  isReference ? results : results.filter(({ requirement }) => requirement.of === 'peer');

/** The outcome in a sentence. */
export function sentenceOf(report: Report): string {
  if (report.neverStarted !== undefined) return `it never said \`started\`: ${report.neverStarted.saw}`;
  const results = concerning(report);
  const having = (standing: Standing) => results.filter((result) => standingOf(result) === standing);
  const hidden = having('not-shown').length;
  if (hidden === results.length) return 'nothing was shown of what was asked for';
  const musts = results.filter(({ requirement }) => requirement.level === 'must');
  const shown = musts.filter((result) => standingOf(result) !== 'not-shown').length;
  const failed = having('fails').map(({ requirement }) => requirement.id);
  const warned = having('warns').map(({ requirement }) => requirement.id);
  const parts = [
    shown > 0 && ofMusts(musts.length, shown, failed),
    shown === 0 && warned.length === 0 && 'every SHOULD that could be shown holds',
    warned.length > 0 &&
      `${warned.length} ${warned.length === 1 ? 'SHOULD does' : 'SHOULDs do'} not: ${warned.join(', ')}`,
    hidden > 0 && `${hidden} ${hidden === 1 ? 'is' : 'are'} not shown`,
  ];
  return parts.filter(Boolean).join('; ');
}

function ofMusts(all: number, shown: number, failed: readonly string[]): string {
  if (failed.length > 0)
    return `${failed.length} of ${counted(shown)} ${failed.length === 1 ? 'does' : 'do'} not hold: ${failed.join(', ')}`;
  if (shown < all) return `every MUST that could be shown holds (${shown} of ${all})`;
  return `${shown} of ${counted(shown)} ${shown === 1 ? 'holds' : 'hold'}`;
}

const counted = (musts: number): string => `${musts} ${musts === 1 ? 'MUST' : 'MUSTs'}`;
