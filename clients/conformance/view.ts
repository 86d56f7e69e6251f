import type { ChalkInstance } from 'chalk';
import { marksFor } from '../../src/views/marks.ts';
import { createPalette, type Tone } from '../../src/views/palette.ts';
import type { Report, Result } from './suite.ts';
import { type Standing, sentenceOf, standingOf } from './verdict.ts';

export interface ViewOptions {
  readonly color: ChalkInstance;
  /** With what the peer wrote and sent where something does not hold. */
  readonly verbose: boolean;
}

const MARKS = marksFor(true);
const LOOKS: Readonly<Record<Standing, { readonly mark: string; readonly tone: Tone }>> = {
  holds: { mark: MARKS.good, tone: 'good' },
  fails: { mark: MARKS.bad, tone: 'bad' },
  warns: { mark: MARKS.caution, tone: 'caution' },
  'not-shown': { mark: '○', tone: 'quiet' },
};
const GROUPS = [
  { of: 'peer', level: 'must', title: 'a peer must' },
  { of: 'peer', level: 'should', title: 'a peer should' },
  { of: 'client', level: 'must', title: 'its client library must' },
] as const;
const ID_WIDTH = 20;

/** A line for each requirement, by groups, and a sentence. */
export function formatReport(report: Report, command: readonly string[], { color, verbose }: ViewOptions): string {
  const { tone } = createPalette(color);
  const blocks = GROUPS.flatMap(({ of, level, title }) => {
    const results = report.results.filter(({ requirement }) => requirement.of === of && requirement.level === level);
    if (results.length === 0) return [];
    return [`${tone.strong(title)}\n${results.map((result, i) => linesOf(result, results[i + 1])).join('')}`];
  });
  const failed = report.results.some((result) => standingOf(result) === 'fails');
  const sentence = failed
    ? tone.bad(`${MARKS.bad} ${sentenceOf(report)}`)
    : tone.good(`${MARKS.good} ${sentenceOf(report)}`);
  return `${tone.quiet(command.join(' '))}\n\n${blocks.join('\n')}\n${sentence}\n`;

  function linesOf(result: Result, next: Result | undefined): string {
    const { requirement, finding } = result;
    const look = LOOKS[standingOf(result)];
    const condition = requirement.if === undefined ? '' : tone.quiet(` (if ${requirement.if})`);
    const line = `  ${tone[look.tone](look.mark)} ${requirement.id.padEnd(ID_WIDTH)}${requirement.text}${condition}\n`;
    if (finding.kind === 'holds') return line;
    // A reason that several in a row share stands below the last of them.
    if (finding.kind === 'not-shown' && next?.finding.kind === 'not-shown' && next.finding.because === finding.because)
      return line;
    if (finding.kind === 'not-shown') return `${line}${tone.quiet(`      not shown: ${finding.because}`)}\n`;
    const saw = `      expected  ${finding.expected}\n      saw       ${tone[look.tone](finding.saw)}\n`;
    return line + saw + (verbose ? evidenceOf(result) : '');
  }

  function evidenceOf({ evidence }: Result): string {
    return evidence
      .map(({ state, output, traffic }, i) => {
        const heading = evidence.length > 1 ? `process ${i + 1} of ${evidence.length}: ${state}` : state;
        const lines = [
          `      ${heading}`,
          ...indented('output', output.trimEnd().split('\n')),
          ...indented('sent to Redis', traffic),
        ];
        return `${tone.quiet(lines.join('\n'))}\n`;
      })
      .join('');
  }
}

function indented(title: string, lines: readonly string[]): readonly string[] {
  const shown = lines.filter((line) => line !== '');
  return shown.length === 0
    ? [`      ${title}: nothing`]
    : [`      ${title}:`, ...shown.map((line) => `        ${line}`)];
}
