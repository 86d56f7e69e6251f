/** What the lanes' colours, patterns and marks mean; only what the run has. */
import type { Account } from '../account.ts';
import { commandFate } from '../command-times.ts';
import type { Look } from '../lanes/status-looks.ts';
import { shortText } from './lane-titles.ts';
import type { Mark } from './marks.ts';
import { html, type Markup } from './markup.ts';

const MOST_WORDS = 16;

export function legend({ commands, facts, peers, expectations }: Account, looks: ReadonlyMap<string, Look>): Markup {
  const words = [...looks].slice(0, MOST_WORDS);
  const more = looks.size - words.length;
  const has = (fate: string): boolean => commands.some((command) => commandFate(command) === fate);
  const marks: readonly (readonly [Mark, string, string, boolean])[] = [
    ['taken', 'command taken', 'command', has('taken')],
    ['untaken', 'command sent, not taken', 'command untaken', has('untaken')],
    ['skipped', 'command not sent', 'command skipped', has('skipped') || has('unsent')],
    ['message', 'bootstrap, shutdown', 'command', facts.messages.some(({ origin }) => origin !== 'hand')],
    ['hand', 'sent by hand', 'command', facts.messages.some(({ origin }) => origin === 'hand')],
    ['restart', 'restart', 'restart', peers.some(({ restarts }) => restarts.length > 0)],
    ['silent', 'silent from here', 'silent', peers.some(({ silences }) => silences.length > 0)],
    ['ended', 'ended', 'ended', peers.some(({ exited }) => exited !== undefined)],
    ['died', 'died', 'died', peers.some(({ died }) => died !== undefined)],
  ];
  const windows = (['met', 'unmet', 'undecided'] as const).filter((one) =>
    expectations.some(({ outcome }) => outcome === one),
  );
  return html`<ul class="legend" aria-label="Legend">${[
    words.map(
      ([word, look]) =>
        html`<li><svg width="22" height="14" aria-hidden="true"><rect class="bar ${look}" y="1" width="22" height="12"/></svg>${shortText(word, 30)}</li>`,
    ),
    more > 0 && html`<li>and ${more} more statuses</li>`,
    marks
      .filter(([, , , there]) => there)
      .map(
        ([mark, text, kind]) =>
          html`<li><svg width="16" height="14" aria-hidden="true"><g class="${kind}"><use class="${kind}" href="#m-${mark}" x="8" y="7"/></g></svg>${text}</li>`,
      ),
    windows.map(
      (outcome) =>
        html`<li><svg width="22" height="14" aria-hidden="true"><rect class="window ${outcome}" y="3" width="22" height="8"/></svg>window ${outcome}</li>`,
    ),
    facts.logs.length > 0 &&
      html`<li><svg width="22" height="14" aria-hidden="true"><rect class="log info" x="2" y="6" width="2" height="6"/><rect class="log warn" x="9" y="4" width="2" height="8"/><rect class="log error" x="16" y="2" width="3" height="10"/></svg>log: info, warn, error</li>`,
  ]}</ul>`;
}
