import { type Cell, cells, displayWidth } from '../display-width.ts';
import { safeText } from '../safe-text.ts';

/** A source line as it is shown, and where the caret stands under it, in terminal columns from 0. */
export interface Excerpt {
  readonly text: string;
  readonly caretAt: number;
  readonly caretWidth: number;
}

/**
 * The part of a source line around a span: tabs as spaces, control characters by their numbers, and at most `width` columns, cut at
 * the ends. `column` counts UTF-16 units from 1. Of a long line only the neighbourhood is looked at, however long it is.
 */
export function excerpt(source: string, column: number, length: number, width: number, ellipsis: string): Excerpt {
  const start = Math.min(column - 1, source.length);
  const end = Math.min(start + length, source.length);
  // A column takes a unit at least, but for marks that stand over another character.
  const reach = 4 * width;
  const before = [...cells(shownText(source.slice(Math.max(0, start - reach), start)))];
  const marked = [...cells(shownText(source.slice(start, Math.min(end, start + reach))))];
  const after = [...cells(shownText(source.slice(end, end + reach)))];

  const whole = widthOf(before) + widthOf(marked) + widthOf(after);
  const moreLeft = start > reach;
  const moreRight = end > start + reach || source.length > end + reach;
  if (!moreLeft && !moreRight && whole <= width) {
    const text = join([...before, ...marked, ...after]);
    return { text, caretAt: widthOf(before), caretWidth: Math.max(1, widthOf(marked)) };
  }
  const sign = displayWidth(ellipsis);
  const room = Math.max(1, width - 2 * sign);
  const shownMarked = fromStart(marked, room);
  // Each side has half of what is left, and what the other side does not need.
  const beside = room - widthOf(shownMarked);
  const left = fromEnd(before, Math.max(Math.floor(beside / 2), beside - widthOf(after)));
  const right = fromStart(after, beside - widthOf(left));
  const cutLeft = moreLeft || left.length < before.length;
  const cutRight = moreRight || shownMarked.length < marked.length || right.length < after.length;
  return {
    text: `${cutLeft ? ellipsis : ''}${join([...left, ...shownMarked, ...right])}${cutRight ? ellipsis : ''}`,
    caretAt: (cutLeft ? sign : 0) + widthOf(left),
    caretWidth: Math.max(1, widthOf(shownMarked)),
  };
}

const shownText = (text: string): string => safeText(text, 'shown').replaceAll('\n', '\\n');
const join = (of: readonly Cell[]): string => of.map((cell) => cell.text).join('');
const widthOf = (of: readonly Cell[]): number => of.reduce((sum, cell) => sum + cell.width, 0);

function fromStart(of: readonly Cell[], room: number): readonly Cell[] {
  let left = room;
  const end = of.findIndex((cell) => {
    left -= cell.width;
    return left < 0;
  });
  return end < 0 ? of : of.slice(0, end);
}

function fromEnd(of: readonly Cell[], room: number): readonly Cell[] {
  return [...fromStart([...of].reverse(), room)].reverse();
}
