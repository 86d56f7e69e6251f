/** The log lines as a table. End tags that HTML does not ask for are left out: there may be twenty thousand rows. */
import { LOG_LEVELS } from '../../../model/wire.ts';
import { countOf } from '../../count-of.ts';
import { displayWidth } from '../../display-width.ts';
import type { Account } from '../account.ts';
import { chooseLogs, pageText } from '../log-choice.ts';
import { html, type Markup } from './markup.ts';
import { seconds, timeOfDay } from './times.ts';

export function logSection({ facts, zeroMs, peers }: Account): Markup {
  const { lines, total } = chooseLogs(facts.logs, facts.forgottenLogs);
  if (total === 0) return html`<p>The peers wrote no log lines.</p>`;
  const writers = peers.filter(({ logs }) => LOG_LEVELS.some((level) => logs[level] > 0));
  const rows = lines.map(
    ({ atMs, time, peer, level, message }) =>
      html`<tr class="${level}"><td class="n">${seconds(atMs - zeroMs)}<td class="n">${timeOfDay(time)}<td class="who">${peer}<td class="level">${level}<td class="text" dir="auto">${pageText(message)}
`,
  );
  // An attribute and no style: the page's policy lets only its own style in.
  const nameWidth = Math.min(280, Math.max(90, 24 + 8 * Math.max(0, ...writers.map(({ peer }) => displayWidth(peer)))));
  return html`${
    lines.length < total &&
    html`<p class="note">This page has ${lines.length} of ${total} lines: ${facts.forgottenLogs > 0 && `of the newest ${facts.logs.length} the `}errors and warnings, and of the others the newest. All of them are in <code>events.ndjson</code> in the directory of the run.</p>`
  }
<form class="controls" id="filter" role="search" aria-label="Filter of the log lines" hidden>
<label>Text <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
<label>Peer <select name="peer"><option value="">all</option>${writers.map(({ peer }) => html`<option>${peer}</option>`)}</select></label>
<label>Level <select name="level"><option value="">all</option>${LOG_LEVELS.slice(0, -1).map((level) => html`<option value="${level}">${level} and graver</option>`)}</select></label>
<output id="log-count" aria-live="polite">${countOf(lines.length, 'line')}</output>
</form>
<div class="scroll tall" tabindex="0" role="region" aria-label="Log lines"><table class="logs" id="logs"><caption class="hidden">Log lines of the peers</caption>
<colgroup><col width="110"><col width="120"><col width="${nameWidth}"><col width="76"><col></colgroup>
<thead><tr><th scope="col" class="n">offset, s</th><th scope="col" class="n">time, UTC</th><th scope="col">peer</th><th scope="col">level</th><th scope="col">message</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}
