import type { Expectation } from '../../model/expectation.ts';
import { countOf } from '../count-of.ts';
import { cutEnd, wrapText } from '../fit-text.ts';
import { safeLine } from '../safe-text.ts';
import type { TableOptions } from './timeline-table.ts';

const INDENT = '    ';
/** Lines that are shown of many expectations. */
const FIRST = 16;

/** What must hold of the run, a line each. */
export function expectationList(
  expectations: readonly Expectation[],
  { palette, marks, width, verbose }: TableOptions,
): readonly string[] {
  const room = Math.max(24, width - INDENT.length);
  // One line more is no longer than the line that would say so.
  const cut = !verbose && expectations.length > FIRST + 1;
  const shown = cut ? expectations.slice(0, FIRST) : expectations;
  const lines = shown.flatMap(({ text }) => {
    const line = safeLine(text);
    return verbose
      ? wrapText(line, room - 2).map((part, index) => (index === 0 ? part : `  ${part}`))
      : [cutEnd(line, room, marks.ellipsis)];
  });
  const more = `${marks.ellipsis} ${countOf(expectations.length - FIRST, 'more expectation')} (--verbose shows all)`;
  return [...lines, ...(cut ? [palette.tone.quiet(more)] : [])].map((line) => INDENT + line);
}
