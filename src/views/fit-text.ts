/** Cuts, pads and wraps unpainted text by the columns that it takes. Paint afterwards. */
import { cells, displayWidth } from './display-width.ts';

/** Spaces behind the text up to `width` columns; longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Spaces before the text up to `width` columns; longer text stays as it is. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** At most `width` columns: what is too long ends in the ellipsis. */
export function cutEnd(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  return room < 0 ? takeStart(text, width) : takeStart(text, room) + ellipsis;
}

/** At most `width` columns: what is too long loses its middle, since names mostly differ at their ends. */
export function cutMiddle(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 0) return takeStart(text, width);
  const tail = Math.floor(room / 2);
  return takeStart(text, room - tail) + ellipsis + takeEnd(text, tail);
}

/**
 * Lines of at most `width` columns (the first of at most `firstWidth`), broken at spaces where there are any in the
 * second half, else anywhere. An indented text stays indented.
 */
export function wrapText(text: string, width: number, firstWidth = width): readonly string[] {
  // Two columns stay free behind the indent, so that every character fits and each round takes one away.
  const lead = ' '.repeat(Math.max(0, Math.min(text.search(/[^ ]|$/), Math.floor(width / 2), width - 2)));
  const lines: string[] = [];
  let rest = text;
  let room = Math.max(1, firstWidth);
  while (displayWidth(rest) > room) {
    const start = takeStart(rest, room) || firstCell(rest);
    const space = rest[start.length] === ' ' ? start.length : start.lastIndexOf(' ');
    const end = space > start.length / 2 ? space : start.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = lead + (end === space ? rest.slice(end + 1) : rest.slice(end));
    room = Math.max(lead.length + 1, width);
  }
  return [...lines, rest];
}

function takeStart(text: string, width: number): string {
  let taken = '';
  let room = width;
  for (const cell of cells(text)) {
    if (cell.width > room) break;
    taken += cell.text;
    room -= cell.width;
  }
  return taken;
}

function takeEnd(text: string, width: number): string {
  let taken = '';
  let room = width;
  for (const cell of [...cells(text)].reverse()) {
    if (cell.width > room) break;
    taken = cell.text + taken;
    room -= cell.width;
  }
  return taken;
}

function firstCell(text: string): string {
  for (const cell of cells(text)) return cell.text;
  return text;
}
