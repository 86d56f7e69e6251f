/** The window of an expectation as a bar. */
import type { Account, Judged } from '../account.ts';
import type { Scale } from '../lanes/scale.ts';
import { windowTitle } from './lane-titles.ts';
import { html, type Markup } from './markup.ts';

interface Drawn {
  readonly account: Account;
  readonly scale: Scale;
}

/** The bar, `y` pixels from the top; nothing for a window that the run did not come to. */
export function windowBar(judged: Judged, { scale, account }: Drawn, y: number, height: number): Markup | undefined {
  const { window, expectation, outcome } = judged;
  if (expectation.window.kind === 'command' && window.fromMs === undefined) return undefined;
  if (account.zeroIs === 'run' || account.zeroMs + (window.fromMs ?? 0) > account.facts.nowMs) return undefined;
  const main = scale.pieces.find(({ kind }) => kind === 'main');
  const left = window.fromMs === undefined ? (main?.left ?? 0) : scale.at(account.zeroMs + window.fromMs);
  const right = window.toMs === undefined ? (main?.right ?? 100) : scale.at(account.zeroMs + window.toMs);
  const width = Math.max(0.3, Math.round((right - left) * 1000) / 1000);
  return html`<rect class="window ${outcome}" x="${left}%" y="${y}" width="${width}%" height="${height}"><title>${windowTitle(judged)}</title></rect>`;
}
