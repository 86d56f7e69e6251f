/** The first screen: the verdict, its reasons, what was not met with its evidence, the rules. */
import type { Sighting } from '../../../model/expectation.ts';
import { countOf } from '../../count-of.ts';
import type { Account, Judged } from '../account.ts';
import { pageText } from '../log-choice.ts';
import { html, type Markup } from './markup.ts';
import { OUTCOME_MARKS, outcomeBadge } from './outcome.ts';
import { inSeconds, seconds, wallTime } from './times.ts';

const SIGNS = { passed: '✔', failed: '✖', interrupted: '■', errored: '✖', none: '?' } as const;
/** Cards on the first screen; the table below has all. */
const MOST_CARDS = 30;
/** Texts in a card that several expectations share. */
const MOST_IN_CARD = 20;
const MOST_MET = 12;
const MOST_REASONS = 30;
const MOST_SIGHTINGS = 8;

export function verdictHeader({ answer, test, facts }: Account): Markup {
  const { run } = facts;
  return html`<header class="verdict ${answer.kind}"><h1><span class="sign" aria-hidden="true">${SIGNS[answer.kind]}</span> <span class="word">${answer.word}</span> <span class="test">${test}</span></h1>
<p class="when">${answer.when}${run !== undefined && html` · <time datetime="${run.time}">${wallTime(run.time)}</time>`}${run?.resumed === true && ' · goes on with an earlier attempt'}</p></header>`;
}

export function reasonList({ answer }: Account): Markup | undefined {
  const { reasons } = answer;
  if (reasons.length === 0) return undefined;
  const shown = reasons.slice(0, MOST_REASONS);
  const more = reasons.length - shown.length;
  return html`<section aria-labelledby="why"><h2 id="why">Why</h2><ul class="reasons">${[
    shown.map((reason) => html`<li>${reason}</li>`),
    more > 0 && html`<li>and ${countOf(more, 'more reason')}</li>`,
  ]}</ul></section>`;
}

/** Cards of the expectations that are not met. */
export function openQuestions({ expectations, facts }: Account): Markup | undefined {
  const wanted = [
    ...expectations.filter(({ outcome }) => outcome === 'unmet'),
    ...expectations.filter(({ outcome }) => outcome === 'undecided'),
  ];
  if (wanted.length === 0) return allMet(expectations);
  const counts = (['unmet', 'undecided'] as const)
    .map((outcome) => [wanted.filter((one) => one.outcome === outcome).length, outcome] as const)
    .filter(([count]) => count > 0)
    .map(([count, outcome]) => `${count} ${outcome}`);
  const groups = grouped(wanted);
  const shown = groups.slice(0, MOST_CARDS);
  const told = shown.reduce((sum, group) => sum + group.length, 0);
  return html`<section aria-labelledby="unmet"><h2 id="unmet">Expectations: ${counts.join(', ')} of ${expectations.length}</h2>
${shown.map((group) => card(group, facts.run?.file ?? 'config'))}${
  told < wanted.length &&
  html`<p class="note">And ${wanted.length - told} more, in <a href="#expectations">the table below</a>.</p>`
}</section>`;
}

/** Those that are undecided for one reason share a card: nothing was seen of any of them. */
function grouped(wanted: readonly Judged[]): readonly (readonly [Judged, ...Judged[]])[] {
  const groups: [Judged, ...Judged[]][] = [];
  const undecided = new Map<string, [Judged, ...Judged[]]>();
  for (const judged of wanted) {
    const known = judged.outcome === 'undecided' ? undecided.get(judged.because) : undefined;
    if (known !== undefined) {
      known.push(judged);
      continue;
    }
    const group: [Judged, ...Judged[]] = [judged];
    if (judged.outcome === 'undecided') undecided.set(judged.because, group);
    groups.push(group);
  }
  return groups;
}

/** Nothing to ask: what was held against the run, in short. */
function allMet(expectations: readonly Judged[]): Markup | undefined {
  if (expectations.length === 0) return undefined;
  const shown = expectations.slice(0, MOST_MET);
  const more = expectations.length - shown.length;
  return html`<section aria-labelledby="met"><h2 id="met">Expectations: ${expectations.length === 1 ? 'met' : `all ${expectations.length} met`}</h2><ul class="rules">${[
    shown.map(
      ({ expectation, because }) =>
        html`<li><span class="sign met" aria-hidden="true">${OUTCOME_MARKS.met}</span> <span><code>${expectation.text}</code><span class="reason">${because}</span></span></li>`,
    ),
    more > 0 && html`<li>and <a href="#expectations">${more} more</a></li>`,
  ]}</ul></section>`;
}

function card([first, ...others]: readonly [Judged, ...Judged[]], file: string): Markup {
  const { expectation, outcome, because, sightings, around, late } = first;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const place = (line: number): Markup => html`<span class="place">${name}:${line}</span>`;
  const more = others
    .slice(0, MOST_IN_CARD)
    .map((one) => html`<li><code>${one.expectation.text}</code> ${place(one.expectation.line)}</li>`);
  if (others.length > 0)
    return html`<article class="card ${outcome}"><h3>${outcomeBadge(outcome)} ${because}</h3><ul class="texts"><li><code>${expectation.text}</code> ${place(expectation.line)}</li>${more}${others.length > MOST_IN_CARD && html`<li>and ${others.length - MOST_IN_CARD} more</li>`}</ul></article>
`;
  return html`<article class="card ${outcome}"><h3>${outcomeBadge(outcome)} <code>${expectation.text}</code></h3>
<p>${because} ${place(expectation.line)}</p>${evidenceList(sightings, around)}${
    late !== undefined && html`<p class="label">Too late</p>${lines([late], new Set())}`
  }</article>
`;
}

/** What was seen, in its place among the log lines around it. */
function evidenceList(sightings: readonly Sighting[], around: readonly Sighting[]): Markup | undefined {
  const seen = sightings.slice(0, MOST_SIGHTINGS);
  if (seen.length === 0 && around.length === 0) return undefined;
  const more = sightings.length - seen.length;
  const identities = new Set(seen.map(identity));
  const all = [...seen, ...around.filter((one) => !identities.has(identity(one)))].sort((a, b) => a.atMs - b.atMs);
  const label = around.length === 0 ? 'What was seen' : 'What was seen, and the log around it';
  return html`<p class="label">${label}</p>${lines(all, around.length === 0 ? new Set() : identities)}${more > 0 && html`<p class="label">and ${more} more</p>`}`;
}

const identity = ({ peer, kind, text, atMs }: Sighting): string => `${atMs} ${peer} ${kind} ${text}`;

/** The ones that matter among others are marked. */
function lines(sightings: readonly Sighting[], marked: ReadonlySet<string>): Markup {
  return html`<ul class="seen-list">${sightings.map((one) => {
    const { atMs, peer, kind, text } = one;
    const own = marked.has(identity(one));
    return html`<li${own && html` class="own"`}><span class="n">${own && '▸ '}${inSeconds(atMs)}</span> <span class="who">${peer}</span> <span class="kind">${kind}</span> <span class="text" dir="auto">${pageText(text)}</span></li>`;
  })}</ul>`;
}

/** What holds of every run without being written. */
export function ruleList({ rules }: Account): Markup {
  return html`<section aria-labelledby="rules"><h2 id="rules">Rules of every run</h2><ul class="rules">${rules.map(
    ({ text, outcome, reasons }) =>
      html`<li class="${outcome}"><span class="sign ${outcome}" aria-hidden="true">${OUTCOME_MARKS[outcome]}</span> <span>${text}${outcome === 'unmet' && html`<span class="hidden">: unmet</span>`}${outcome === 'undecided' && html`<span class="quiet">: undecided</span>`}${reasons.slice(0, 10).map((reason) => html`<span class="reason">${reason}</span>`)}${reasons.length > 10 && html`<span class="reason">and ${reasons.length - 10} more</span>`}</span></li>`,
  )}</ul></section>`;
}

/** Warnings and losses on the way. */
export function noticeList({ facts, zeroMs }: Account): Markup | undefined {
  const { notices } = facts;
  if (notices.length === 0) return undefined;
  return html`<section aria-labelledby="notices"><h2 id="notices">Warnings</h2><ul class="notices">${notices
    .slice(0, 50)
    .map(
      ({ atMs, text, hint }) =>
        html`<li><span class="n">${seconds(atMs - zeroMs)}</span> <span>${text}${hint !== undefined && html` <span class="reason">${hint}</span>`}</span></li>`,
    )}${notices.length > 50 && html`<li>and ${notices.length - 50} more</li>`}</ul></section>`;
}
