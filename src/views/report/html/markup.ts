/** HTML that cannot be broken out of: what is put into a template is text, unless it is markup already. */
import { safeText } from '../../safe-text.ts';

/** A piece of a page. Made by `html` alone, out of templates that stand in this program's own text. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text, numbers, markup, lists of these, and nothing. */
export type Part = string | number | Markup | readonly Part[] | undefined | false;

/** A template: html`<p>${peer}: ${message}</p>`. Attribute values must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  for (const [i, part] of parts.entries()) text += written(part) + (strings[i + 1] ?? '');
  return new Markup(text);
}

function written(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  if (part instanceof Markup) return part.text;
  return part.map(written).join('');
}

const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A stranger's text: no markup, no terminal sequences, no control characters, no turns of the reading direction, no halves of characters. */
export function escapeText(text: string): string {
  return safeText(text)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => NAMES[character] ?? '');
}
