import { rowText } from '../../listr/row-text.ts';
import { elapsed, isOver, type Row, rowState } from '../../listr/step-board.ts';
import { columnTime } from '../../short-time.ts';
import { type Line, spread } from '../line.ts';
import { topOf } from '../scene.ts';
import type { PaneInput, PaneView } from './pane-view.ts';

/** The steps of applying or tearing down, host by host: what runs, how far images are, what failed. */
export function stepsPane(input: PaneInput): PaneView {
  const { facts, state, height, nowMs } = input;
  const rows = facts.steps?.places.flatMap((place) => place.rows) ?? [];
  const range = { count: rows.length, rows: height };
  // What is under way is worth more than what is done.
  const first = rows.findIndex((row) => !isOver(row));
  const top = topOf(state.tops.steps, Math.max(0, first - 1), range);
  const lines = rows.slice(top, top + height).map((row) => rowLine(row, input));
  const over = rows.filter(isOver).length;
  const running = rows.filter((row) => rowState(row) === 'running').length;
  const frame = input.marks.spinner[Math.floor(nowMs / 100) % input.marks.spinner.length] ?? '';
  const note = rows.length === 0 ? '' : `${over} of ${rows.length} done${running > 0 ? ` ${frame}` : ''}`;
  const teardown = facts.run.phase === 'tearingDown' || facts.run.phase === 'done';
  return { title: teardown ? 'Taking down' : 'Steps', note, lines, range: { ...range, top } };
}

function rowLine(row: Row, { marks, width, nowMs }: PaneInput): Line {
  const state = rowState(row);
  const [sign, tone] = (
    {
      waiting: [marks.waiting, 'quiet'],
      running: [marks.open, 'sent'],
      done: [marks.good, 'good'],
      failed: [marks.bad, 'bad'],
      skipped: [marks.caution, 'caution'],
    } as const
  )[state];
  const time =
    state === 'done' || state === 'failed'
      ? elapsed([row])
      : state === 'running'
        ? nowMs - startOf(row, nowMs)
        : undefined;
  const words: Line = [
    { text: `${sign} `, tone },
    { text: `${row.place}  `, tone: 'strong' },
    ...rowText(row, marks, width - 10),
  ];
  return spread(words, time === undefined ? [] : [{ text: columnTime(time), tone: 'quiet' }], width, marks.ellipsis);
}

/** When the first step that runs began. */
function startOf(row: Row, nowMs: number): number {
  return Math.min(nowMs, ...row.steps.flatMap(({ state }) => (state.kind === 'running' ? [state.sinceMs] : [])));
}
