import { dirname } from 'node:path';
import type { ChalkInstance } from 'chalk';
import { countOf } from '../count-of.ts';
import { displayWidth } from '../display-width.ts';
import { padEnd, padStart, wrapText } from '../fit-text.ts';
import { marksFor } from '../marks.ts';
import { createPalette, type Paint } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { columnTime } from '../short-time.ts';
import type { Cause, CellSummary, FlakeSummary } from './flake-summary.ts';

export interface FlakeSummaryOptions {
  readonly color: ChalkInstance;
  readonly unicode: boolean;
  /** Columns that lines are wrapped to; missing: they are not. */
  readonly width?: number;
  readonly shownPath?: (path: string) => string;
}

/** Causes of one combination, and runs of one cause, that are shown; all of them are in the journals and in `--json`. */
const MOST_CAUSES = 10;
const MOST_RUNS = 10;

/** What several runs of a test came to: how often it passed, how long it took, and why it failed how often. Ends in a newline. */
export function renderFlakeSummary(summary: FlakeSummary, options: FlakeSummaryOptions): string {
  const { tone } = createPalette(options.color);
  const marks = marksFor(options.unicode);
  const { exitCode, passed, ran, interrupted } = summary;
  const outcome = exitCode === 0 ? 'good' : interrupted > 0 && passed === ran ? 'stop' : 'bad';
  const paint = tone[outcome === 'stop' ? 'caution' : outcome];
  const lines = [
    `${paint(marks[outcome])} ${headline(summary, paint, tone.strong)}`,
    ...cellLines(summary, { ...options, tone, marks }),
    ...closingLines(summary, options, tone.quiet),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function headline(
  { test, planned, ran, passed, interrupted, cells }: FlakeSummary,
  paint: Paint,
  strong: Paint,
): string {
  const outcome = ran === 0 ? 'no run came to its end' : `${passed} of ${countOf(ran, 'run')} passed`;
  const matrix = cells.length > 1 ? `, ${cells.length} combinations` : '';
  const cut = interrupted > 0 ? `, ${interrupted} interrupted` : '';
  const short = ran + interrupted < planned ? `, ${planned} were wanted` : '';
  return `${paint(strong(outcome))}: ${safeLine(test)}${matrix}${cut}${short}`;
}

interface Drawing extends FlakeSummaryOptions {
  readonly tone: ReturnType<typeof createPalette>['tone'];
  readonly marks: ReturnType<typeof marksFor>;
}

const HEADINGS = ['passed', 'min', 'median', 'max'] as const;

/** A row for each combination, and why its runs failed below it. */
function cellLines({ cells }: FlakeSummary, drawing: Drawing): readonly string[] {
  const names = cells.map(({ name }) => safeLine(name));
  const nameWidth = Math.max(0, ...names.map(displayWidth));
  const numbers = cells.map(numbersOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...numbers.map((row) => row[column] ?? '')].map(displayWidth)),
  );
  const indent = nameWidth === 0 ? '  ' : '    ';
  const rowOf = (name: string, row: readonly string[]): string => {
    const padded = row.map((text, column) => padStart(text, widths[column] ?? 0));
    return (nameWidth === 0 ? padded : [padEnd(name, nameWidth), ...padded]).join('  ');
  };
  return [
    drawing.tone.quiet(indent + rowOf('', HEADINGS)),
    ...cells.flatMap((cell, index) => [
      `${nameWidth === 0 ? indent : `  ${markOf(cell, drawing)} `}${rowOf(names[index] ?? '', numbers[index] ?? [])}`,
      ...cell.causes.slice(0, MOST_CAUSES).flatMap((cause) => causeLines(cause, indent, drawing)),
      ...(cell.causes.length > MOST_CAUSES ? [`${indent}  and ${cell.causes.length - MOST_CAUSES} more reasons`] : []),
    ]),
  ];
}

const numbersOf = ({ ran, passed, ms }: CellSummary): readonly string[] => [
  ran === 0 ? 'not run' : `${passed} of ${ran}`,
  ...(ms === undefined ? [] : [ms.min, ms.median, ms.max].map(columnTime)),
];

function markOf({ ran, passed }: CellSummary, { tone, marks }: Drawing): string {
  if (ran === 0) return tone.quiet(marks.info);
  return passed === ran ? tone.good(marks.good) : tone.bad(marks.bad);
}

/** `3 × charlie died`, and the runs in which it did. */
function causeLines(
  { text, count, runs }: Cause,
  indent: string,
  { tone, width, unicode }: Drawing,
): readonly string[] {
  const times = `${count} ${unicode ? '×' : 'x'} `;
  const lead = `${indent}  `;
  const hang = ' '.repeat(displayWidth(times));
  const room = (width ?? Number.POSITIVE_INFINITY) - lead.length - hang.length;
  const shown = runs.slice(0, MOST_RUNS).join(', ');
  const more = runs.length > MOST_RUNS ? ` and ${runs.length - MOST_RUNS} more` : '';
  return [
    ...wrapped(text, room).map((line, row) => `${lead}${row === 0 ? tone.bad(times) : hang}${line}`),
    ...(runs.length === 0 ? [] : wrapped(`${shown}${more}`, room).map((line) => `${lead}${hang}${tone.quiet(line)}`)),
  ];
}

const wrapped = (text: string, room: number): readonly string[] =>
  Number.isFinite(room) ? wrapText(safeLine(text), Math.max(12, room)) : [safeLine(text)];

/** Where the directories of the runs are, which are called as the runs, and how to see the first that failed. */
function closingLines(
  { cells }: FlakeSummary,
  { shownPath = (path) => path }: FlakeSummaryOptions,
  quiet: Paint,
): readonly string[] {
  const directories = cells.flatMap(({ runs }) => runs.flatMap(({ directory }) => directory ?? []));
  const parents = [...new Set(directories.map((directory) => dirname(directory)))].map(shownPath);
  const failed = cells.flatMap(({ causes }) => causes.flatMap(({ runs }) => runs)).sort()[0];
  return [
    ...parents.map((path, index) => `  ${quiet(padEnd(index === 0 ? 'evidence' : '', 8))}  ${safeLine(path)}`),
    ...(failed === undefined ? [] : [`  ${quiet(padEnd('next', 8))}  tm replay ${failed}`]),
  ];
}
