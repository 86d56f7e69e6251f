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
  const shown = wanted.slice(0, MOST_CARDS);
  return html`<section aria-labelledby="unmet"><h2 id="unmet">Expectations: ${counts.join(', ')} of ${expectations.length}</h2>
${shown.map((judged) => card(judged, facts.run?.file ?? 'config'))}${
  shown.length < wanted.length &&
  html`<p class="note">And ${wanted.length - shown.length} more, in <a href="#expectations">the table below</a>.</p>`
}</section>`;
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

function card(judged: Judged, file: string): Markup {
  const { expectation, outcome, because, sightings, around, late } = judged;
  const name = file.slice(file.lastIndexOf('/') + 1);
  return html`<article class="card ${outcome}"><h3>${outcomeBadge(outcome)} <code>${expectation.text}</code></h3>
<p>${because} <span class="place">${name}:${expectation.line}</span></p>${[
    sightings.length > 0 && html`<p class="label">What was seen</p>${lines(sightings)}`,
    late !== undefined && html`<p class="label">Too late</p>${lines([late])}`,
    around.length > 0 && html`<p class="label">The log around it</p>${lines(around)}`,
  ]}</article>
`;
}

function lines(sightings: readonly Sighting[]): Markup {
  const shown = sightings.slice(0, MOST_SIGHTINGS);
  const more = sightings.length - shown.length;
  return html`<ul class="seen-list">${[
    shown.map(
      ({ atMs, peer, kind, text }) =>
        html`<li><span class="n">${inSeconds(atMs)}</span> <span class="who">${peer}</span> <span class="kind">${kind}</span> <span class="text" dir="auto">${pageText(text)}</span></li>`,
    ),
    more > 0 && html`<li>and ${more} more</li>`,
  ]}</ul>`;
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
