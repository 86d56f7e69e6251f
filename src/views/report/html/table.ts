/** A table of the page, with a caption for those who cannot see what stands around it. */
import { html, type Markup } from './markup.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand under each other, digit under digit. */
  readonly numeric?: true;
}

/** `rows` are the cells, each with its own `<td>` or `<th scope="row">`. */
export function table(caption: string, columns: readonly Column[], rows: readonly Markup[]): Markup {
  const heads = columns.map(
    ({ title, numeric }) => html`<th scope="col"${numeric === true && html` class="n"`}>${title}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${caption}"><table><caption class="hidden">${caption}</caption><thead><tr>${heads}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row}</tr>\n`)}</tbody></table></div>`;
}
