import type { Account, Judged } from '../account.ts';
import { html, type Markup } from './markup.ts';
import { outcomeBadge } from './outcome.ts';
import { table } from './table.ts';
import { seconds } from './times.ts';

/** Every expectation with its outcome, its window and why. */
export function expectationTable({ expectations }: Account): Markup {
  if (expectations.length === 0)
    return html`<p>The test has no expectations of its own, only the rules that hold for every run.</p>`;
  return table(
    'Expectations',
    [
      { title: '#', numeric: true },
      { title: 'outcome' },
      { title: 'expectation' },
      { title: 'from, s', numeric: true },
      { title: 'to, s', numeric: true },
      { title: 'why' },
      { title: 'line', numeric: true },
    ],
    expectations.map(row),
  );
}

function row({ expectation, outcome, because, window }: Judged): Markup {
  const { fromMs, toMs } = window;
  return html`<td class="n">${expectation.id + 1}</td><td>${outcomeBadge(outcome)}</td><th scope="row"><code>${expectation.text}</code></th><td class="n">${fromMs === undefined ? 'start' : seconds(fromMs)}</td><td class="n">${toMs === undefined ? 'end' : seconds(toMs)}</td><td>${because}</td><td class="n">${expectation.line}</td>`;
}
