import type { ExpectationOutcome } from '../../../model/expectation.ts';
import { html, type Markup } from './markup.ts';

/** A sign for each outcome, so that none is told by its colour alone. */
export const OUTCOME_MARKS: Readonly<Record<ExpectationOutcome, string>> = { met: '✔', unmet: '✖', undecided: '?' };

/** The outcome as a word with its sign. */
export const outcomeBadge = (outcome: ExpectationOutcome): Markup =>
  html`<span class="badge ${outcome}"><span aria-hidden="true">${OUTCOME_MARKS[outcome]}</span> ${outcome}</span>`;
