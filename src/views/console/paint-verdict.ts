import { displayWidth } from '../display-width.ts';
import { padEnd, wrapText } from '../fit-text.ts';
import { safeLine, safeText } from '../safe-text.ts';
import type { Point } from './failure-points.ts';
import type { Layout } from './lay-out.ts';
import type { VerdictBlock } from './verdict-block.ts';

/** Below this many columns evidence begins near the left edge. */
const NARROW = 60;

/** The lines of a verdict block: only its outcome is coloured, so that the eye finds it; labels are dim and aligned. */
export function paintVerdict(block: VerdictBlock, layout: Layout): readonly string[] {
  const { tone } = layout.palette;
  const paint = tone[block.tone];
  const headline = wrap(`${block.outcome}${block.headline}`, layout, 2);
  const labelWidth = Math.max(...block.rows.map((row) => displayWidth(row.label)), 0);
  return [
    ...headline.map((row, i) =>
      i === 0
        ? `${paint(layout.marks[block.mark])} ${paint(tone.strong(block.outcome))}${row.slice(block.outcome.length)}`
        : `  ${row}`,
    ),
    ...block.sentences.flatMap((sentence) => wrap(sentence, layout, 4).map((row) => `    ${row}`)),
    ...block.points.flatMap((point) => paintPoint(point, layout)),
    ...block.rows.flatMap(({ label, lines, verbatim }) =>
      lines
        .flatMap((line) => (verbatim ? [safeLine(line)] : wrap(line, layout, labelWidth + 4)))
        .map((row, i) => `  ${tone.quiet(padEnd(i === 0 ? label : '', labelWidth))}  ${row}`),
    ),
  ];
}

/** An expectation with its evidence. Of the lines that peers wrote, the one that is meant is pointed at, the others are dim. */
function paintPoint({ mark, tone: meaning, text, lines }: Point, layout: Layout): readonly string[] {
  const { palette, marks } = layout;
  const paint = palette.tone[meaning];
  const narrow = layout.width !== undefined && layout.width < NARROW;
  const indent = ' '.repeat(narrow ? 2 : 4);
  const body = lines.flatMap(({ text: line, kind }) => {
    const rows = wrap(line, layout, indent.length + 4);
    if (kind === 'because') return wrap(line, layout, indent.length + 2).map((row) => `${indent}  ${row}`);
    const pointed = kind === 'pointer';
    return rows.map((row, i) => {
      const sign = pointed && i === 0 ? paint(marks.start) : ' ';
      return `${indent}  ${sign} ${pointed ? row : palette.tone.quiet(row)}`;
    });
  });
  return [
    ...wrap(text, layout, indent.length + 2).map((row, i) =>
      i === 0 ? `${indent}${paint(marks[mark])} ${paint(row)}` : `${indent}  ${paint(row)}`,
    ),
    ...body,
  ];
}

function wrap(text: string, layout: Layout, indent: number): readonly string[] {
  const lines = safeText(text, layout.sequences).split('\n');
  if (layout.width === undefined) return lines;
  const room = Math.max(12, layout.width - indent);
  return lines.flatMap((line) => wrapText(line, room));
}
