import type { ChalkInstance } from 'chalk';
import { marksFor } from '../../src/views/marks.ts';
import { createPalette, type Tone } from '../../src/views/palette.ts';
import type { Report, Result } from './suite.ts';
import { concerning, conforms, type Standing, sentenceOf, standingOf } from './verdict.ts';

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
const LAST_LINES = 10;

/** A line for each requirement, by groups, and a sentence. */
export function formatReport(report: Report, command: readonly string[], { color, verbose }: ViewOptions): string {
  const { tone } = createPalette(color);
  const told = verbose ? report.results : concerning(report);
  const blocks = GROUPS.flatMap(({ of, level, title }) => {
    const results = told.filter(({ requirement }) => requirement.of === of && requirement.level === level);
    if (results.length === 0) return [];
    return [`${tone.strong(title)}\n${results.map((result, i) => linesOf(result, results[i + 1])).join('')}\n`];
  });
  const ofClients = report.results.filter(({ requirement }) => requirement.of === 'client').length;
  if (ofClients > 0 && !report.isReference) blocks.push(`${tone.quiet(leftOut(ofClients, verbose))}\n\n`);
  const sentence = conforms(report)
    ? tone.good(`${MARKS.good} ${sentenceOf(report)}`)
    : tone.bad(`${MARKS.bad} ${sentenceOf(report)}`);
  const output = report.neverStarted && lastLines(report.neverStarted.output);
  return `${tone.quiet(command.join(' '))}\n\n${blocks.join('')}${sentence}\n${output ?? ''}`;

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

/** Why the requirements of client libraries are not among the others. */
function leftOut(count: number, isShown: boolean): string {
  const which =
    count === 1
      ? 'The one requirement of client libraries needs'
      : `The ${count} requirements of client libraries need`;
  return `${which} the reference peer's commands, which it does not know${isShown ? '' : ' (--verbose shows them)'}.`;
}

/** What a peer that never started had to say about it. */
function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-LAST_LINES);
  return `${indented('the last lines of its output', lines).join('\n')}\n`;
}

function indented(title: string, lines: readonly string[]): readonly string[] {
  const shown = lines.filter((line) => line !== '');
  return shown.length === 0
    ? [`      ${title}: nothing`]
    : [`      ${title}:`, ...shown.map((line) => `        ${line}`)];
}
