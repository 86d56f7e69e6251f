/** The whole page: one file that needs no other, and that no text of a peer can make do anything. */
import { createHash } from 'node:crypto';
import { countOf } from '../../count-of.ts';
import type { Account } from '../account.ts';
import { chart } from './chart.ts';
import { commandTable, messageTable } from './command-table.ts';
import { expectationTable } from './expectation-table.ts';
import { factsSection } from './facts-section.ts';
import { logSection } from './log-table.ts';
import { html, Markup, type Part } from './markup.ts';
import { peerTable } from './peer-table.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { noticeList, openQuestions, reasonList, ruleList, verdictHeader } from './verdict-section.ts';

/** Groups of more rows than these are shut at first. */
const MANY = 60;
/** The browser lays out what is open before it shows anything. */
const MANY_LINES = 3_000;

export function reportHtml(account: Account): string {
  const { answer, test, commands, expectations, peers, facts } = account;
  const logs = facts.logs.length + facts.forgottenLogs;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${test}: ${answer.word} ${answer.when}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#lanes">Skip to the swim-lanes</a>
<main>
${verdictHeader(account)}
${firstScreen(account)}
${[
  part('lanes', 'Swim-lanes', '', true, chart(account)),
  part(
    'expectations',
    'Expectations',
    String(expectations.length),
    expectations.length <= MANY,
    expectationTable(account),
  ),
  part('commands', 'Commands', String(commands.length), commands.length <= MANY, [
    commandTable(account),
    messageTable(account),
  ]),
  part('peers', 'Peers', String(peers.length), peers.length <= MANY, peerTable(account)),
  part('log', 'Log', countOf(logs, 'line'), logs <= MANY_LINES, logSection(account)),
]}</main>
<footer>${facts.run !== undefined && html`tm ${facts.run.version} · ${facts.run.run} · `}Drawn from the journal of the run, <code>events.ndjson</code>.</footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

/** Two columns where there is room. The rules go beside what is not met, or in its place. */
function firstScreen(account: Account): Markup {
  const crowded = account.expectations.filter(({ outcome }) => outcome !== 'met').length > 1;
  const rules = [ruleList(account), noticeList(account)];
  return html`<div class="first"><div>
${[reasonList(account), openQuestions(account), !crowded && rules]}
</div><div>
${[crowded && rules, factsSection(account)]}
</div></div>`;
}

function part(id: string, title: string, note: string, open: boolean, content: Part): Markup {
  return html`<section aria-labelledby="${id}-title" id="${id}"><details class="part"${open && html` open`}><summary><h2 id="${id}-title">${title}</h2><span class="quiet">${note}</span></summary>
${content}</details></section>
`;
}

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only this style and this script, and nothing from anywhere. */
const POLICY = [
  "default-src 'none'",
  `style-src ${digest(STYLE)}`,
  `script-src ${digest(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
