/** The axis above the lanes, and the lines behind them. */
import type { Account } from '../account.ts';
import type { Piece, Scale } from '../lanes/scale.ts';
import { html, type Markup } from './markup.ts';
import { span } from './times.ts';

export function axis(scale: Scale, { zeroIs }: Account): Markup {
  const origin = zeroIs === 'timeline' ? 'from the start of the timeline' : 'from the start of the run';
  return html`<div class="row axis"><span class="name">seconds</span><svg class="track" height="30" role="img" aria-label="${`time in seconds ${origin}`}">${[
    scale.pieces.map(pieceLabel),
    scale.ticks.map(
      ({ x, label, zero, level, odd }) =>
        html`<g class="tick level${level}${odd ? ' odd' : ''}${zero ? ' zero' : ''}"><line x1="${x}%" x2="${x}%" y1="22" y2="30"/><text x="${x}%" y="17">${label}</text></g>`,
    ),
  ]}</svg></div>`;
}

/** Behind a group of lanes, as high as it is. */
export function gridLines(scale: Scale): Markup {
  return html`<svg class="grid" aria-hidden="true">${[
    scale.pieces
      .filter(({ squeezed }) => squeezed)
      .map(
        ({ left, right }) => html`<rect class="squeezed" x="${left}%" width="${width(left, right)}%" height="100%"/>`,
      ),
    scale.ticks
      .filter(({ level }) => level < 2)
      .map(
        ({ x, zero, level }) =>
          html`<line class="${zero ? 'zero' : `level${level}`}" x1="${x}%" x2="${x}%" y1="0" y2="100%"/>`,
      ),
  ]}</svg>`;
}

const WORDS = { before: 'before the peers', main: '', after: 'after the peers' } as const;
/** Percent of the width that a label needs, with its word and without. */
const ROOM = 9;
const LEAST = 4;

function pieceLabel({ kind, fromMs, toMs, left, right }: Piece): Markup | undefined {
  if (kind === 'main') return undefined;
  const length = span(toMs - fromMs);
  const room = width(left, right);
  if (room < LEAST) return undefined;
  return html`<svg x="${left}%" width="${room}%" height="30"><title>${WORDS[kind]}: ${length}</title><text class="piece" x="4" y="17">${room < ROOM ? length : `${kind} ${length}`}</text></svg>`;
}

const width = (left: number, right: number): number => Math.round((right - left) * 1000) / 1000;
