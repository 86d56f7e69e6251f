/** One peer's lane: its statuses as bars, what it was told above them, what it wrote and what was expected of it below. */
import { parseStatus } from '../../../model/wire.ts';
import type { CommandFacts, PeerFacts, SilenceFact } from '../../run-model/run-facts.ts';
import type { Account, Judged } from '../account.ts';
import type { Geometry } from '../lanes/geometry.ts';
import type { LogTick } from '../lanes/log-ticks.ts';
import type { Scale } from '../lanes/scale.ts';
import type { Look } from '../lanes/status-looks.ts';
import type { Bar } from '../lanes/status-spans.ts';
import { endOf } from '../peer-end.ts';
import { commandMark } from './command-mark.ts';
import { barTitle, logTitle, shortText, silenceTitle } from './lane-titles.ts';
import type { Mark } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { inSeconds, span } from './times.ts';
import { windowBar } from './window-bar.ts';

/** All that a lane is drawn from. */
export interface LaneInput {
  readonly account: Account;
  readonly scale: Scale;
  readonly looks: ReadonlyMap<string, Look>;
  readonly geometry: Geometry;
  readonly peer: PeerFacts;
  readonly bars: readonly Bar[];
  readonly commands: readonly CommandFacts[];
  readonly ticks: readonly LogTick[];
  readonly expectations: readonly Judged[];
}

const WINDOW_HEIGHT = 9;
const SILENCE_HEIGHT = 3;
/** Statuses, and silences, that a screen reader is told. */
const MOST_TOLD = 12;
const MOST_WINDOWS = 6;
/** Width of a character in percent of a usual lane, of a thousand pixels. */
const CHARACTER = 0.75;

export function lane(input: LaneInput): Markup {
  const { peer, geometry, bars } = input;
  const windows = geometry.windows ? input.expectations.slice(0, MOST_WINDOWS) : [];
  const height = geometry.height + windows.length * (WINDOW_HEIGHT + 2);
  const state = peer.life === 'died' ? ' dead' : '';
  return html`<li class="row ${geometry.kind}${state}"><span class="name" title="${peer.peer}">${peer.peer}</span><svg class="track" height="${height}" role="img" aria-label="${summary(input)}">${[
    bars.map((one) => bar(one, input)),
    peer.silences.map((one) => silence(one, input)),
    input.ticks.map((tick) => logMark(tick, input)),
    input.commands.map((command, i) => commandMark(command, input.commands[i + 1], input)),
    endMarks(input),
    windows.map((one, i) => windowBar(one, input, geometry.height + i * (WINDOW_HEIGHT + 2), WINDOW_HEIGHT)),
  ]}</svg></li>
`;
}

/** What a screen reader says in place of the picture. */
function summary({ peer, account, commands }: LaneInput): string {
  const statuses = peer.statuses
    .slice(0, MOST_TOLD)
    .map(({ status, atMs }) => `${shortText(parseStatus(status).word, 40)} at ${inSeconds(atMs - account.zeroMs)}`);
  const left = peer.statuses.length - MOST_TOLD;
  const more = left > 0 ? [`${left} more statuses`] : [];
  const told = commands.length === 0 ? [] : [`${commands.length} messages to it`];
  const silent = peer.silences
    .slice(0, MOST_TOLD)
    .map(({ fromMs }) => `silent from ${inSeconds(fromMs - account.zeroMs)}`);
  return `${peer.peer}: ${[...statuses, ...more, ...told, ...silent, endOf(peer)].join(', ')}`;
}

function bar(one: Bar, { account, looks, geometry }: LaneInput): Markup {
  const [{ fact }] = one.spans;
  const { word } = parseStatus(fact.status);
  const look = one.spans.length === 1 ? (looks.get(word) ?? 'own0') : 'many';
  const { barTop: y, barHeight: height } = geometry;
  // A bar of no width would be no bar: its beginning is always a line.
  const width = Math.max(0.12, Math.round((one.right - one.left) * 1000) / 1000);
  const title = html`<title>${barTitle(one, account)}</title>`;
  if (!geometry.barTexts || look === 'many' || width < 1)
    return html`<rect class="bar ${look}" x="${one.left}%" y="${y}" width="${width}%" height="${height}">${title}</rect>`;
  const text = shortText(word, 40);
  // The mark of a restart stands at the beginning of its bar.
  const inset = word === 'restarting' ? 14 : 6;
  const tight = width < inset / 10 + text.length * CHARACTER;
  return html`<svg x="${one.left}%" y="${y}" width="${width}%" height="${height}"><rect class="bar ${look}" width="100%" height="100%">${title}</rect><text class="state${tight && ' tight'}" x="${inset}" y="${height / 2 + 4}">${text}</text></svg>`;
}

/** Graver lines are higher, and more of them wider. */
function logMark(tick: LogTick, { account, geometry }: LaneInput): Markup {
  const share = tick.gravest === 'error' ? 1 : tick.gravest === 'warn' ? 0.8 : 0.55;
  const height = Math.ceil(geometry.logHeight * share);
  const y = geometry.logTop + geometry.logHeight - height;
  const width = tick.count === 1 ? 2 : tick.count < 10 ? 3 : 4;
  return html`<rect class="log ${tick.gravest}" x="${tick.x}%" y="${y}" width="${width}" height="${height}"><title>${logTitle(tick, account)}</title></rect>`;
}

/** A line along the foot of the bars, with its mark at the beginning. */
function silence(one: SilenceFact, { account, scale, geometry }: LaneInput): Markup {
  const endMs = Math.max(one.fromMs, one.toMs ?? account.facts.nowMs);
  const title = html`<title>${silenceTitle(one, endMs, account)}</title>`;
  const [left, right] = [scale.at(one.fromMs), scale.at(endMs)];
  const width = Math.max(0.12, Math.round((right - left) * 1000) / 1000);
  const foot = geometry.barTop + geometry.barHeight;
  return html`<g class="silent">${title}<rect class="silence" x="${left}%" y="${foot - SILENCE_HEIGHT}" width="${width}%" height="${SILENCE_HEIGHT}"></rect><use class="silent" href="#m-silent" x="${left}%" y="${foot - geometry.barHeight / 2}"></use></g>`;
}

function endMarks({ peer, scale, geometry, account }: LaneInput): readonly Markup[] {
  const y = geometry.barTop + geometry.barHeight / 2;
  const mark = (kind: Mark, atMs: number, text: string): Markup =>
    html`<use class="${kind}" href="#m-${kind}" x="${scale.at(atMs)}%" y="${y}"><title>${text}</title></use>`;
  const when = (atMs: number): string => inSeconds(atMs - account.zeroMs);
  return [
    ...peer.restarts.map(({ atMs, delayMs }) =>
      mark('restart', atMs, `restarts at ${when(atMs)}, in ${span(delayMs)}`),
    ),
    ...(peer.exited === undefined
      ? []
      : [mark('ended', peer.exited.atMs, `${endOf(peer)} at ${when(peer.exited.atMs)}`)]),
    ...(peer.died === undefined
      ? []
      : [
          mark(
            'died',
            peer.died.atMs,
            [
              `${endOf(peer)} at ${when(peer.died.atMs)}`,
              ...peer.died.lastLines.slice(-4).map((line) => shortText(line)),
            ].join('\n'),
          ),
        ]),
  ];
}
