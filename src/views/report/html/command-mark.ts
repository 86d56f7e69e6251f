/** A message to a peer in its lane: when it was due, sent and taken. */
import type { CommandFacts } from '../../run-model/run-facts.ts';
import type { Account } from '../account.ts';
import { type CommandFate, commandFate, commandPlace } from '../command-times.ts';
import type { Geometry } from '../lanes/geometry.ts';
import type { Scale } from '../lanes/scale.ts';
import { commandTitle, shortText } from './lane-titles.ts';
import type { Mark } from './marks.ts';
import { html, type Markup } from './markup.ts';

interface Drawn {
  readonly account: Account;
  readonly scale: Scale;
  readonly geometry: Geometry;
}

/** Percent of the width that two things must be apart to be drawn apart. */
const APART = 0.25;
/** Percent of the width below which there is no room for a text. */
const ROOM = 2;

/** The mark; its text reaches to the next one. */
export function commandMark(command: CommandFacts, next: CommandFacts | undefined, drawn: Drawn): Markup {
  const { account, scale, geometry } = drawn;
  const { zeroMs } = account;
  const sentMs = commandPlace(command, account);
  const x = scale.at(sentMs);
  const y = geometry.commands;
  const dueX = command.dueMs === undefined ? x : scale.at(zeroMs + command.dueMs);
  const takenX = command.takenAfterMs === undefined ? x : scale.at(sentMs + command.takenAfterMs);
  const waitX = command.waiting === undefined ? x : scale.at(command.waiting.atMs);
  const line = (kind: string, from: number, to: number): Markup | undefined =>
    to - from < APART ? undefined : html`<line class="${kind}" x1="${from}%" x2="${to}%" y1="${y}" y2="${y}"/>`;
  const fate = commandFate(command);
  const parts = [
    line('wait', waitX, x),
    line('late', dueX, x),
    x - dueX >= APART && html`<line class="due" x1="${dueX}%" x2="${dueX}%" y1="${y - 4}" y2="${y + 4}"/>`,
    line('queue', x, takenX),
    takenX - x >= APART && html`<use href="#m-receipt" x="${takenX}%" y="${y}"/>`,
    html`<use href="#m-${markOf(command, fate, geometry)}" x="${x}%" y="${y}"/>`,
    words(command, Math.max(x, takenX), next === undefined ? 100 : scale.at(commandPlace(next, account)), geometry),
  ];
  return html`<g class="command ${fate}"><title>${commandTitle(command, account)}</title>${parts}</g>`;
}

function markOf({ origin }: CommandFacts, fate: CommandFate, geometry: Geometry): Mark {
  if (fate === 'skipped' || fate === 'unsent') return 'skipped';
  if (fate === 'untaken') return 'untaken';
  if (origin === 'hand') return 'hand';
  if (origin !== 'timeline') return geometry.kind === 'thin' ? 'dot' : 'message';
  return geometry.kind === 'thin' ? 'tick' : 'taken';
}

/** Bootstrap messages are addresses, and alike. */
function words({ command, origin }: CommandFacts, from: number, to: number, geometry: Geometry): Markup | undefined {
  const room = Math.round((to - from) * 1000) / 1000;
  if (!geometry.commandTexts || origin === 'bootstrap' || room < ROOM) return undefined;
  const { commands: y } = geometry;
  return html`<svg x="${from}%" width="${room}%" height="${y + 8}"><text class="told" x="9" y="${y + 4}">${shortText(command, 80)}</text></svg>`;
}
