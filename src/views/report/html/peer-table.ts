import type { PeerName } from '../../../model/names.ts';
import { countOf } from '../../count-of.ts';
import type { PeerFacts } from '../../run-model/run-facts.ts';
import type { Account } from '../account.ts';
import { peersInQuestion } from '../lanes/in-question.ts';
import { endOf } from '../peer-end.ts';
import { shortText } from './lane-titles.ts';
import { html, type Markup } from './markup.ts';
import { table } from './table.ts';
import { seconds } from './times.ts';

/** Up to so many peers, those in question are seen anyway. */
const FEW = 16;
const MOST_STATUSES = 12;

/** Every peer: where it ran, what it reported, how it ended, how much it wrote. Those in question first. */
export function peerTable(account: Account): Markup {
  const question = account.peers.length > FEW ? peersInQuestion(account) : new Set<PeerName>();
  const order = [...account.peers].sort((a, b) => Number(question.has(b.peer)) - Number(question.has(a.peer)));
  return table(
    'Peers',
    [
      { title: 'peer' },
      { title: 'host' },
      { title: 'image' },
      { title: 'statuses, with their offsets in s' },
      { title: 'end' },
      { title: 'errors', numeric: true },
      { title: 'warnings', numeric: true },
      { title: 'other lines', numeric: true },
    ],
    order.map((peer) => row(peer, account)),
  );
}

function row(peer: PeerFacts, { zeroMs }: Account): Markup {
  const { logs, statuses } = peer;
  const shown = statuses.slice(0, MOST_STATUSES);
  const more = statuses.length - shown.length;
  const sequence = shown.map(
    ({ status, atMs }, i) =>
      html`${i > 0 && ' → '}${shortText(status, 80)} <span class="n quiet">${seconds(atMs - zeroMs)}</span>`,
  );
  return html`<th scope="row">${peer.peer}</th><td>${peer.host}</td><td>${peer.image}</td><td>${sequence}${more > 0 && ` and ${countOf(more, 'more status', 'more statuses')}`}</td><td${peer.life === 'died' && html` class="bad"`}>${endOf(peer)}</td><td class="n">${logs.error}</td><td class="n">${logs.warn}</td><td class="n">${logs.info + logs.debug + logs.trace}</td>`;
}
