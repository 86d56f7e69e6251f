/** Steps as lines that are only ever added: for pipes, CI, `run.log` and `tm watch`. */
import type { TmEvent } from '../../model/event.ts';
import type { Entry, Who } from '../console/entry.ts';
import { faultText } from '../console/fault-text.ts';
import type { Marks } from '../marks.ts';
import { plainSegments } from '../segments.ts';
import { columnTime } from '../short-time.ts';
import { planText } from './plan-text.ts';
import { rowText } from './row-text.ts';
import { type BoardStep, createStepBoard, elapsed, isOver, type Row, rowState, type StepBoard } from './step-board.ts';

/** A long transfer says how far it is this often, in milliseconds, so that a CI log does not look dead. */
const PROGRESS_EVERY_MS = 10_000;

/**
 * Tells steps: a line when a row of them is over (one image, all peers of a host), failures at once, long transfers
 * now and then. `verbose` tells every step when it begins and when it ends.
 */
export function createStepNarrator(marks: Marks, verbose: boolean): (event: TmEvent) => readonly Entry[] {
  let board: StepBoard | undefined;
  let inRun = false;
  const told = new Map<Row, number>();

  return (event) => {
    if (event.type === 'run-started') {
      board = undefined;
      inRun = true;
    }
    if (event.type === 'planned') {
      board = createStepBoard(event.plan);
      // At the end of a run a teardown needs no announcement; a `tm destroy` is nothing else.
      if (event.plan.intent === 'teardown' && inRun) return [];
      const text = `${event.plan.intent === 'apply' ? 'planned' : 'found'}: ${planText(event)}`;
      return [{ who: { kind: 'tm' }, mark: 'good', tone: 'good', text, note: columnTime(event.ms) }];
    }
    const row = board?.note(event);
    if (row === undefined || !('step' in event)) return [];
    const step = row.steps.find(({ id }) => id === event.step);
    if (step === undefined) return [];
    return [
      ...(verbose ? stepEntries(row, step) : []),
      ...failure(row, step),
      ...(event.type === 'step-progress' ? progress(row, step, event.atMs, told, marks) : []),
      ...(isOver(row) && event.type !== 'step-progress' ? [rowEntry(row, marks)] : []),
    ];
  };
}

function stepEntries(row: Row, step: BoardStep): readonly Entry[] {
  const { state } = step;
  if (state.kind === 'running' && state.progress.length === 0) {
    return [{ who: at(row), mark: 'waiting', tone: 'quiet', text: step.id, note: step.because }];
  }
  // A row of one step has a line of its own, which says more.
  if (state.kind !== 'done' || row.steps.length === 1) return [];
  const note = [columnTime(state.ms), ...(state.note === undefined ? [] : [state.note])].join('  ');
  return [{ who: at(row), mark: 'good', tone: 'quiet', text: step.id, note }];
}

function failure(row: Row, step: BoardStep): readonly Entry[] {
  if (step.state.kind !== 'failed') return [];
  const { message, details } = faultText(step.state.fault, step.label);
  return [{ who: at(row), mark: 'bad', tone: 'bad', text: message, below: details }];
}

function progress(row: Row, step: BoardStep, atMs: number, told: Map<Row, number>, marks: Marks): readonly Entry[] {
  if (step.state.kind !== 'running') return [];
  if (atMs - (told.get(row) ?? step.state.sinceMs) < PROGRESS_EVERY_MS) return [];
  told.set(row, atMs);
  return [{ who: at(row), mark: 'info', tone: 'quiet', text: plainSegments(rowText(row, marks)) }];
}

function rowEntry(row: Row, marks: Marks): Entry {
  const text = plainSegments(rowText(row, marks));
  const note = columnTime(elapsed([row]));
  const state = rowState(row);
  if (state === 'failed') return { who: at(row), mark: 'bad', tone: 'bad', text, note };
  if (state === 'skipped') return { who: at(row), mark: 'caution', tone: 'caution', text };
  return { who: at(row), mark: 'good', tone: 'good', text, note };
}

const at = (row: Row): Who => ({ kind: 'place', name: row.place });
