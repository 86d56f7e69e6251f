/** The page that a GitHub workflow shows of a step: the run in short, as Markdown. */
import type { ExpectationOutcome, Sighting } from '../../model/expectation.ts';
import type { RunFacts } from '../run-model/run-facts.ts';
import { safeText } from '../safe-text.ts';
import { type Account, accountOf, type Judged } from './account.ts';

/** GitHub takes a mebibyte of a step and drops what is larger. */
const MOST_EXPECTATIONS = 50;
const MOST_REASONS = 20;
const MOST_TEXT = 500;

const MARKS: Readonly<Record<ExpectationOutcome, string>> = { met: '✅', unmet: '❌', undecided: '❔' };

/** Markdown that ends with a newline. */
export function githubSummary(facts: RunFacts): string {
  const account = accountOf(facts);
  const { answer, test, expectations, rules } = account;
  const mark = answer.kind === 'passed' ? MARKS.met : answer.kind === 'interrupted' ? '⏹️' : MARKS.unmet;
  return `${[
    `## ${mark} ${plain(test)} ${answer.word} ${plain(answer.when)}`,
    '',
    ...answer.reasons.slice(0, MOST_REASONS).map((reason) => `- ${plain(reason)}`),
    ...(answer.reasons.length > 0 ? [''] : []),
    ...expectationTable(account),
    rules.map(({ text, outcome }) => `${MARKS[outcome]} ${text}`).join(' · '),
    '',
    ...expectations
      .filter(({ outcome }) => outcome === 'unmet')
      .slice(0, MOST_EXPECTATIONS)
      .flatMap(evidence),
    ...(facts.run === undefined ? [] : [`Evidence: <code>${plain(facts.run.directory)}</code>`]),
  ].join('\n')}\n`;
}

function expectationTable({ expectations }: Account): readonly string[] {
  if (expectations.length === 0) return [];
  const order = [
    ...expectations.filter(({ outcome }) => outcome !== 'met'),
    ...expectations.filter(({ outcome }) => outcome === 'met'),
  ];
  const shown = order.slice(0, MOST_EXPECTATIONS);
  return [
    '| | expectation | why |',
    '| --- | --- | --- |',
    ...shown.map(
      ({ expectation, outcome, because }) =>
        `| ${MARKS[outcome]} | <code>${plain(expectation.text)}</code> | ${plain(because)} |`,
    ),
    ...(shown.length < order.length ? [`| | and ${order.length - shown.length} more | |`] : []),
    '',
  ];
}

function evidence({ expectation, sightings, around, late }: Judged): readonly string[] {
  const marked = sightings.slice(0, 1);
  const isMarked = (one: Sighting) => marked.some((other) => same(one, other));
  const beside = around.length > 0 ? around.filter((one) => !isMarked(one)) : sightings.slice(1);
  const seen = [...marked, ...beside].sort((a, b) => a.atMs - b.atMs);
  const lines = [...seen, ...(late === undefined ? [] : [late])];
  if (lines.length === 0) return [];
  return [
    `<details><summary><code>${plain(expectation.text)}</code></summary><pre>`,
    ...lines
      .slice(0, 10)
      .map((one) => `${isMarked(one) ? '> ' : '  '}${plain(line(one))}${one === late ? ' (too late)' : ''}`),
    '</pre></details>',
    '',
  ];
}

const same = (a: Sighting, b: Sighting): boolean =>
  a.peer === b.peer && a.kind === b.kind && a.text === b.text && a.atMs === b.atMs;

const line = ({ atMs, peer, kind, text }: Sighting): string =>
  `${(atMs / 1000).toFixed(3)} s  ${peer}  ${kind} ${text}`;

/** A stranger's text on one line: every sign that Markdown or HTML could take for its own is written as its number. */
function plain(text: string): string {
  const short = text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT).replace(/[\ud800-\udbff]$/, '')}…`;
  return safeText(short)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[!"#$&'*<>@[\\\]^_`{|}~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
