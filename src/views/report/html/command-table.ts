/** What the peers were told: the commands of the timeline, and the messages outside of it. */
import { countOf } from '../../count-of.ts';
import type { CommandFacts } from '../../run-model/run-facts.ts';
import type { Account } from '../account.ts';
import { type CommandFate, commandFate, commandTimes } from '../command-times.ts';
import { pageText } from '../log-choice.ts';
import { html, type Markup } from './markup.ts';
import { table } from './table.ts';
import { seconds, span } from './times.ts';

const MOST_ROWS = 5_000;

const FATES: Readonly<Record<CommandFate, { readonly word: string; readonly outcome: string }>> = {
  taken: { word: '✔ taken', outcome: 'met' },
  untaken: { word: '✖ not taken', outcome: 'unmet' },
  skipped: { word: '✖ not sent', outcome: 'unmet' },
  unsent: { word: '? not sent', outcome: 'undecided' },
};

export function commandTable(account: Account): Markup {
  const { commands } = account;
  if (commands.length === 0) return html`<p>The timeline has no commands.</p>`;
  const shown = commands.slice(0, MOST_ROWS);
  const rows = shown.map((command) => {
    const { dueMs, sentMs, lateMs } = commandTimes(command, account);
    const { word, outcome } = FATES[commandFate(command)];
    return html`<td class="n">${(command.index ?? 0) + 1}</td><th scope="row">${command.peer}</th><td><code>${pageText(command.command)}</code></td><td class="n">${dueMs === undefined ? '' : seconds(dueMs)}</td><td class="n">${sentMs === undefined ? '' : seconds(sentMs)}</td><td class="n">${lateMs === undefined ? '' : span(lateMs)}</td><td class="n">${command.takenAfterMs === undefined ? '' : span(command.takenAfterMs)}</td><td><span class="badge ${outcome}">${word}</span>${command.skipped !== undefined && html` ${command.skipped}`}${command.waiting !== undefined && html` waited from ${seconds(command.waiting.atMs - account.zeroMs)} s`}</td>`;
  });
  return html`${table(
    'Commands of the timeline',
    [
      { title: '#', numeric: true },
      { title: 'peer' },
      { title: 'command' },
      { title: 'due, s', numeric: true },
      { title: 'sent, s', numeric: true },
      { title: 'late', numeric: true },
      { title: 'taken after', numeric: true },
      { title: 'outcome' },
    ],
    rows,
  )}${more(commands.length - shown.length, 'command')}`;
}

/** Bootstrap, shutdown and what was sent by hand. */
export function messageTable(account: Account): Markup | undefined {
  const { messages } = account.facts;
  if (messages.length === 0) return undefined;
  const shown = messages.slice(0, MOST_ROWS);
  const row = (message: CommandFacts): Markup => {
    const { sentMs } = commandTimes(message, account);
    return html`<th scope="row">${message.peer}</th><td><code>${pageText(message.command)}</code></td><td>${message.origin}${message.by !== undefined && html`, ${message.by}`}</td><td class="n">${sentMs === undefined ? '' : seconds(sentMs)}</td><td class="n">${message.takenAfterMs === undefined ? 'not taken' : span(message.takenAfterMs)}</td>`;
  };
  return html`<details><summary>${countOf(messages.length, 'message')} outside of the timeline</summary>${table(
    'Messages outside of the timeline',
    [
      { title: 'peer' },
      { title: 'message' },
      { title: 'origin' },
      { title: 'sent, s', numeric: true },
      { title: 'taken after', numeric: true },
    ],
    shown.map(row),
  )}${more(messages.length - shown.length, 'message')}</details>`;
}

const more = (count: number, noun: string): Markup | undefined =>
  count === 0
    ? undefined
    : html`<p class="note">And ${countOf(count, `more ${noun}`)}: <code>report.json</code> has all.</p>`;
