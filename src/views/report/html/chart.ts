/** The swim-lanes: the expectations, the peers in question, and all others. */
import type { PeerName } from '../../../model/names.ts';
import { LOG_LEVELS } from '../../../model/wire.ts';
import { countOf } from '../../count-of.ts';
import type { PeerFacts } from '../../run-model/run-facts.ts';
import type { Account, Judged } from '../account.ts';
import { geometryFor } from '../lanes/geometry.ts';
import { peersInQuestion } from '../lanes/in-question.ts';
import { logTicks } from '../lanes/log-ticks.ts';
import { messagesByPeer } from '../lanes/messages-by-peer.ts';
import { scaleOf } from '../lanes/scale.ts';
import { statusLooks } from '../lanes/status-looks.ts';
import { type Bar, statusBars, statusSpans } from '../lanes/status-spans.ts';
import { axis, gridLines } from './axis.ts';
import { expectationLane } from './expectation-lane.ts';
import { lane } from './lane.ts';
import { legend } from './legend.ts';
import { DEFINITIONS } from './marks.ts';
import { html, type Markup } from './markup.ts';

/** Up to so many peers, all of them are one group. */
const FEW = 16;
/** Expectations with a lane of their own; a window under each peer's lane is drawn for those that name few. */
const MOST_EXPECTATIONS = 40;
const NAMES_FEW = 3;

export function chart(account: Account): Markup {
  const { peers, facts, expectations } = account;
  if (peers.length === 0) return html`<p>The run has no peers.</p>`;
  if (account.zeroIs === 'run' && !peers.some(hasLived))
    return html`<p>The timeline never began, and no peer gave a sign of life: there is nothing to draw.</p>`;
  const scale = scaleOf(account);
  const looks = statusLooks(account);
  const ticks = logTicks(facts.logs, scale);
  const bars = new Map<PeerName, readonly Bar[]>();
  const spans = peers.map((peer) => statusSpans(peer, facts.nowMs));
  for (const [i, lane] of statusBars(spans, scale).entries()) bars.set(peers[i]!.peer, lane);
  const { commands, hidden } = messagesByPeer(account);
  const expected = windowsByPeer(expectations);
  const lanesOf = (some: readonly PeerFacts[], lanes: number): readonly Markup[] =>
    some.map((peer) =>
      lane({
        account,
        scale,
        looks,
        geometry: geometryFor(lanes),
        peer,
        bars: bars.get(peer.peer) ?? [],
        commands: commands.get(peer.peer) ?? [],
        ticks: ticks.get(peer.peer) ?? [],
        expectations: expected.get(peer.peer) ?? [],
      }),
    );
  const group = (title: string, rows: readonly Markup[]): Markup | undefined =>
    rows.length === 0
      ? undefined
      : html`<details class="group" open><summary><span>${title}</span></summary><div class="rows">${gridLines(scale)}<ul>
${rows}</ul></div></details>`;

  const question = peers.length > FEW ? peersInQuestion(account) : new Set<PeerName>();
  const first = peers.filter(({ peer }) => question.has(peer));
  const others = peers.filter(({ peer }) => !question.has(peer));
  const shown = ordered(expectations).slice(0, MOST_EXPECTATIONS);
  const rest = expectations.length - shown.length;
  return html`${DEFINITIONS}${legend(account, looks)}
<div class="controls" id="zoom" role="group" aria-label="Zoom of the time" hidden><button type="button" data-zoom="out" aria-label="Less detail">−</button><button type="button" data-zoom="in" aria-label="More detail">+</button><button type="button" data-zoom="all">Whole run</button><span class="hint">Arrow keys walk through a lane</span></div>
<div class="chart" id="chart" tabindex="0" role="region" aria-label="Lanes over time"><div class="canvas" id="canvas">${axis(scale, account)}
${[
  group(
    rest === 0 ? countOf(shown.length, 'expectation') : `${shown.length} of ${expectations.length} expectations`,
    shown.map((one) => expectationLane(one, account, scale)),
  ),
  group(`${countOf(first.length, 'peer')} in question`, lanesOf(first, first.length)),
  group(
    first.length === 0 ? countOf(others.length, 'peer') : `${countOf(others.length, 'other peer')}`,
    lanesOf(others, others.length),
  ),
]}</div></div>
${hidden > 0 && html`<p class="note">${countOf(hidden, 'message')} to peers did not find room in the lanes: <code>report.json</code> has all.</p>`}<p id="tip" class="tip" role="status" hidden></p>`;
}

const hasLived = ({ statuses, logs, died, exited }: PeerFacts): boolean =>
  statuses.length > 0 || died !== undefined || exited !== undefined || LOG_LEVELS.some((level) => logs[level] > 0);

/** What is not met comes first; otherwise as in the file. */
function ordered(expectations: readonly Judged[]): readonly Judged[] {
  return [
    ...expectations.filter(({ outcome }) => outcome !== 'met'),
    ...expectations.filter(({ outcome }) => outcome === 'met'),
  ];
}

function windowsByPeer(expectations: readonly Judged[]): ReadonlyMap<PeerName, readonly Judged[]> {
  const found = new Map<PeerName, Judged[]>();
  for (const judged of ordered(expectations)) {
    if (judged.expectation.peers.length > NAMES_FEW) continue;
    for (const peer of judged.expectation.peers) found.set(peer, [...(found.get(peer) ?? []), judged]);
  }
  return found;
}
