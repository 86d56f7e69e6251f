/** The kept runs as a table, a line each. */
import { assertNever } from '../../lib/assert-never.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import type { RunState, RunSummary } from '../../model/run-summary.ts';
import { displayWidth } from '../display-width.ts';
import { cutEnd, padEnd, padStart } from '../fit-text.ts';
import { type Marks, marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import { createPalette, type Tone } from '../palette.ts';
import { safeLine } from '../safe-text.ts';

interface Column {
  readonly title: string;
  readonly cell: (summary: RunSummary) => string;
  readonly align: 'left' | 'right';
  /** The highest goes first where there is no room; 0 stays. */
  readonly spare: number;
}

/** The run's id says its test and its time once more, so those go first. */
const COLUMNS: readonly Column[] = [
  { title: 'test', cell: ({ test = '' }) => test, align: 'left', spare: 5 },
  { title: 'started (UTC)', cell: ({ startedAt = '' }) => startTime(startedAt), align: 'left', spare: 4 },
  { title: 'took', cell: ({ state }) => tookOf(state), align: 'right', spare: 1 },
  { title: 'peers', cell: ({ peers }) => (peers === undefined ? '' : String(peers)), align: 'right', spare: 3 },
  { title: 'met', cell: ({ expectations }) => metOf(expectations), align: 'right', spare: 2 },
];

const GAP = 2;
const LONGEST_NAME = 32;

/** Lines of the table, newest first as given, with a dim heading; the empty list says what to do. */
export function runsTable(
  summaries: readonly RunSummary[],
  output: Pick<Output, 'color' | 'isTTY' | 'width'>,
  unicode: boolean,
): readonly string[] {
  const { tone } = createPalette(output.color);
  if (summaries.length === 0) return ['no run is kept here; tm with a config makes one'];
  const marks = marksFor(unicode);
  const width = output.isTTY ? output.width() : Number.POSITIVE_INFINITY;
  const cellsOf = (column: Column) =>
    summaries.map((summary) => cutEnd(safeLine(column.cell(summary)), LONGEST_NAME, marks.ellipsis));
  const words = summaries.map(({ state }) => wordOf(state, marks));
  const wordWidth = Math.max(0, ...words.map(({ text }) => text.length)) + 2;
  const runWidth = Math.max(3, ...summaries.map(({ run }) => displayWidth(run)));
  const all = COLUMNS.map((column) => {
    const cells = cellsOf(column);
    return { ...column, cells, width: Math.max(displayWidth(column.title), ...cells.map(displayWidth)) };
  }).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const columns = fitting(all, width - wordWidth - GAP - runWidth);
  // Where not even the id fits beside its verdict, it has a line of its own: it is there to be copied.
  const ownLine = wordWidth + GAP + runWidth > width;
  const shown = ownLine ? fitting(all, width - wordWidth - GAP) : columns;
  const row = (head: string, cells: readonly string[], run: string): readonly string[] => {
    const middle = shown.map((column, i) => {
      const pad = column.align === 'left' ? padEnd : padStart;
      return `${' '.repeat(GAP)}${pad(cells[i] ?? '', column.width)}`;
    });
    const line = `${head}${middle.join('')}`;
    return ownLine ? [line.trimEnd(), ...(run === '' ? [] : [`  ${run}`])] : [`${line}${' '.repeat(GAP)}${run}`];
  };
  const heading = row(
    ' '.repeat(wordWidth),
    shown.map(({ title }) => title),
    ownLine ? '' : 'run',
  );
  return [
    ...heading.map((line) => tone.quiet(line)),
    ...summaries.flatMap((summary, i) => {
      const { mark, text, tone: meaning } = words[i] ?? wordOf(summary.state, marks);
      const head = `${tone[meaning](`${mark} ${text}`)}${' '.repeat(wordWidth - 2 - text.length)}`;
      return row(
        head,
        shown.map(({ cells }) => cells[i] ?? ''),
        safeLine(summary.run),
      );
    }),
  ];
}

function fitting<C extends Column & { readonly width: number }>(columns: readonly C[], room: number): readonly C[] {
  const taken = columns.reduce((sum, column) => sum + column.width + GAP, 0);
  const most = Math.max(0, ...columns.map(({ spare }) => spare));
  return taken <= room || most === 0
    ? columns
    : fitting(
        columns.filter(({ spare }) => spare !== most),
        room,
      );
}

interface Word {
  readonly mark: string;
  readonly text: string;
  readonly tone: Tone;
}

function wordOf(state: RunState, marks: Marks): Word {
  switch (state.kind) {
    case 'ended':
      switch (state.verdict) {
        case 'passed':
          // A pass behind which cleaning up went wrong does not look like one.
          return state.exitCode === 0
            ? { mark: marks.good, text: 'passed', tone: 'good' }
            : { mark: marks.caution, text: 'passed', tone: 'caution' };
        case 'failed':
          return { mark: marks.bad, text: 'failed', tone: 'bad' };
        case 'interrupted':
          return { mark: marks.stop, text: 'interrupted', tone: 'caution' };
        case 'errored':
          return { mark: marks.bad, text: 'broke off', tone: 'bad' };
        default:
          return assertNever(state.verdict);
      }
    case 'running':
      return { mark: marks.start, text: 'running', tone: 'sent' };
    case 'did-not-end':
      return { mark: marks.caution, text: 'did not end', tone: 'caution' };
    case 'unreadable':
      return { mark: marks.caution, text: 'unreadable', tone: 'caution' };
    default:
      return assertNever(state);
  }
}

const tookOf = (state: RunState): string => (state.kind === 'ended' ? formatDuration(state.ms) : '');

/** `3 of 4`; nothing for a test without expectations. */
function metOf(expectations: RunSummary['expectations']): string {
  return expectations === undefined || expectations.all === 0 ? '' : `${expectations.met} of ${expectations.all}`;
}

/** `2026-02-03 14:02:11`. */
const startTime = (time: string): string => time.slice(0, 19).replace('T', ' ');
