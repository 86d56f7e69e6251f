import { countOf } from '../../count-of.ts';
import { cutEnd, cutMiddle, padEnd } from '../../fit-text.ts';
import type { PeerFacts } from '../../run-model/run-facts.ts';
import { silentSince } from '../../run-model/silent-since.ts';
import { safeLine } from '../../safe-text.ts';
import { shortTime } from '../../short-time.ts';
import type { Line, Piece } from '../line.ts';
import { NO_SCROLL, topOf } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';
import { type PeerGrid, peerGrid } from './peer-grid.ts';
import { peerState } from './peer-state.ts';

/** The grid of peers, and below it what is known of the chosen one. */
export function peersPane(input: PaneInput): PaneView {
  const { facts, state, width, height, focused } = input;
  const { peers } = facts;
  const detailRows = focused && height >= 4 && peers.length > 0 ? 1 : 0;
  const rows = Math.max(0, height - detailRows);
  const grid = peerGrid(peers.length, facts.longestName, width, rows);
  // The row of the chosen peer is always there, whether it has just been chosen or the screen has become smaller.
  const chosenRow = Math.floor(Math.min(state.cursor, Math.max(0, peers.length - 1)) / grid.columns);
  const top = topOf(undefined, chosenRow - Math.floor(rows / 2), { count: grid.rows, rows });
  const lines: Line[] = [];
  for (let row = top; row < Math.min(grid.rows, top + rows); row++)
    lines.push(
      peers.slice(row * grid.columns, (row + 1) * grid.columns).flatMap((peer, column) => {
        const chosen = focused && row * grid.columns + column === state.cursor;
        return cell(peer, chosen, grid, input);
      }),
    );
  const chosen = peers[state.cursor];
  if (detailRows > 0 && chosen !== undefined) {
    while (lines.length < rows) lines.push([]);
    lines.push(detail(chosen, input));
  }
  const seen = rows < grid.rows ? ` ${input.marks.dot} ${Math.max(0, top) + 1}-${top + rows} of ${grid.rows} rows` : '';
  const range = { ...NO_SCROLL, count: grid.rows, rows, top };
  return { title: 'Peers', note: `${summary(peers)}${seen}`, lines, range, columns: grid.columns };
}

function cell(peer: PeerFacts, chosen: boolean, grid: PeerGrid, { marks, state }: PaneInput): readonly Piece[] {
  const { word, brief, tone, sign } = peerState(peer);
  const unicode = marks.dot === '·';
  const name = padEnd(cutMiddle(safeLine(peer.peer), grid.nameWidth, marks.ellipsis), grid.nameWidth);
  const filtered = state.log.peer === peer.peer;
  const status = grid.statusWidth === 0 ? '' : ` ${padEnd(short(safeLine(word), brief, grid), grid.statusWidth)}`;
  return [
    { text: chosen ? marks.sent : filtered ? marks.log : ' ', tone: 'sent' },
    { text: `${unicode ? sign.unicode : sign.ascii} `, tone },
    { text: name, ...(tone === 'bad' ? { tone } : { hue: peer.peer }), inverse: chosen },
    { text: status, tone },
    { text: ' ' },
  ];
}

/** A status cut to its first letters needs no sign that it goes on. */
function short(word: string, brief: string | undefined, { statusWidth }: PeerGrid): string {
  return statusWidth < 6 ? cutEnd(brief ?? word, statusWidth, '') : cutEnd(word, statusWidth, '…');
}

function summary(peers: readonly PeerFacts[]): string {
  const counts = { waiting: 0, alive: 0, ended: 0, died: 0 };
  for (const { life } of peers) counts[life] += 1;
  if (peers.length === 0) return '';
  const silent = peers.filter((peer) => silentSince(peer) !== undefined).length;
  const parts = [
    ...(counts.alive > 0 ? [`${counts.alive} alive${silent > 0 ? ` (${silent} silent)` : ''}`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting} waiting`] : []),
    ...(counts.ended > 0 ? [`${counts.ended} stopped`] : []),
    ...(counts.died > 0 ? [`${counts.died} died`] : []),
  ];
  return parts.join(', ');
}

function detail(peer: PeerFacts, { marks, nowMs }: PaneInput): Line {
  const { word, tone } = peerState(peer);
  const last = peer.statuses.at(-1);
  const lasting = peer.life === 'alive' && last !== undefined ? ` for ${shortTime(nowMs - last.atMs)}` : '';
  const { error, warn } = peer.logs;
  const since = silentSince(peer);
  const parts = [
    ...(since === undefined ? [] : [`silent for ${shortTime(nowMs - since)}`]),
    ...(peer.host === undefined ? [] : [`on ${peer.host}`]),
    ...(peer.restarts.length > 0 ? [countOf(peer.restarts.length, 'restart')] : []),
    ...(error > 0 ? [countOf(error, 'error')] : []),
    ...(warn > 0 ? [countOf(warn, 'warning')] : []),
    ...(peer.died?.lastLines.at(-1) === undefined ? [] : [`last words: ${peer.died.lastLines.at(-1)}`]),
    ...(peer.exited?.exitCode === undefined ? [] : [`exit ${peer.exited.exitCode}`]),
  ];
  return [
    { text: peer.peer, hue: peer.peer },
    { text: ` ${word}`, tone },
    { text: [lasting, ...parts.map((part) => ` ${marks.dot} ${part}`)].join(''), tone: 'quiet' },
  ];
}
