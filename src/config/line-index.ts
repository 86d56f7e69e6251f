import type { Span } from './tree.ts';

/** Where a span begins, for people: line and column from 1, the column in UTF-16 units as editors count. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  /** Units of the span on its first line, at least 1. */
  readonly length: number;
  /** That line, without its end. */
  readonly source: string;
}

/** A look-up from offsets to lines. The text is gone through once, and only when something is looked up. */
export function lineIndex(text: string): (span: Span) => TextPosition {
  let starts: readonly number[] | undefined;
  return (span) => {
    starts ??= lineStarts(text);
    const offset = Math.min(Math.max(span.start, 0), text.length);
    const line = lineOf(starts, offset);
    const start = starts[line] ?? 0;
    const end = (starts[line + 1] ?? text.length + 1) - 1;
    const source = text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end);
    const column = Math.min(offset - start, source.length);
    const length = Math.min(span.end - offset, source.length - column);
    return { line: line + 1, column: column + 1, length: Math.max(1, length), source };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that begins at or before `offset`, by bisection. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
