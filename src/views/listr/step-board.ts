/**
 * The steps of a plan as a person wants to see them: by place, images one by one, peers counted. A fold over step
 * events that the drawn list, the plain lines and any other view read.
 */
import type { TmEvent } from '../../model/event.ts';
import type { Fault } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { Action, Plan, StepId } from '../../model/plan.ts';

export type StepState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly sinceMs: number; readonly progress: readonly Progress[] }
  | {
      readonly kind: 'done';
      readonly ms: number;
      readonly endMs: number;
      readonly note?: string;
      readonly bytes: number;
    }
  | { readonly kind: 'failed'; readonly ms: number; readonly endMs: number; readonly fault: Fault }
  | { readonly kind: 'skipped'; readonly endMs: number; readonly because: string };

/** Bytes so far at a moment of the run. */
export interface Progress {
  readonly atMs: number;
  readonly done: number;
  readonly total: number;
}

/** What a row is about. */
export type RowKind = 'pull' | 'send' | 'remove-image' | 'redis' | 'remove-redis' | 'start' | 'remove';

/** One line: one image, or all peers of a host that are started or removed. */
export interface Row {
  readonly place: string;
  readonly kind: RowKind;
  readonly steps: readonly BoardStep[];
}

export interface BoardStep {
  readonly id: StepId;
  /** The peer's name or the image. */
  readonly label: string;
  readonly because: string;
  readonly state: StepState;
}

/** The rows of one host, of this machine, or of Redis. */
export interface Place {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface StepBoard {
  readonly places: readonly Place[];
  /** Adds a step event; gives the row that it changed, if it is a step of this plan. */
  note(event: TmEvent): Row | undefined;
}

/** As many samples as the rate is measured over: it should follow a wire that slows down, and not tremble. */
const SAMPLES = 8;

/** A board for a plan, with every step waiting. Places and rows stand in the order of the plan's steps. */
export function createStepBoard(plan: Plan): StepBoard {
  const rows = new Map<string, MutableRow>();
  const rowOf = new Map<StepId, MutableRow>();
  for (const step of plan.steps) {
    const { place, kind, label } = describe(step.action);
    const counted = kind === 'start' || kind === 'remove' || kind === 'redis';
    const key = JSON.stringify([place, kind, counted ? '' : label]);
    const row = rows.get(key) ?? { place, kind, steps: [] };
    row.steps.push({ id: step.id, label, because: step.because, state: { kind: 'waiting' } });
    rows.set(key, row);
    rowOf.set(step.id, row);
  }
  const all = [...rows.values()];
  const names = [...new Set(all.map((row) => row.place))];
  return {
    places: names.map((name) => ({ name, rows: all.filter((row) => row.place === name) })),
    note(event) {
      if (!('step' in event)) return undefined;
      const row = rowOf.get(event.step);
      const step = row?.steps.find((candidate) => candidate.id === event.step);
      if (row === undefined || step === undefined) return undefined;
      step.state = next(step.state, event);
      return row;
    },
  };
}

// The board is one run's own and changes with every event; readers see it read-only.
interface MutableRow extends Row {
  readonly steps: (Omit<BoardStep, 'state'> & { state: StepState })[];
}

function next(state: StepState, event: TmEvent): StepState {
  switch (event.type) {
    case 'step-started':
      return { kind: 'running', sinceMs: event.atMs, progress: [] };
    case 'step-progress': {
      if (state.kind !== 'running') return state;
      const sample = { atMs: event.atMs, done: event.done, total: event.total };
      return { ...state, progress: [...state.progress, sample].slice(-SAMPLES) };
    }
    case 'step-finished': {
      const last = state.kind === 'running' ? state.progress.at(-1) : undefined;
      const bytes = last?.total || last?.done || 0;
      const note = event.note === undefined ? {} : { note: event.note };
      return { kind: 'done', ms: event.ms, endMs: event.atMs, bytes, ...note };
    }
    case 'step-failed':
      return { kind: 'failed', ms: event.ms, endMs: event.atMs, fault: event.fault };
    case 'step-skipped':
      return { kind: 'skipped', endMs: event.atMs, because: event.because };
    default:
      return state;
  }
}

function describe(action: Action): { readonly place: string; readonly kind: RowKind; readonly label: string } {
  switch (action.kind) {
    case 'image.pull':
      return { place: placeName(action.on), kind: 'pull', label: action.ref };
    case 'image.send':
      return { place: action.on, kind: 'send', label: action.ref };
    case 'image.remove':
      return { place: placeName(action.on), kind: 'remove-image', label: action.ref };
    case 'redis.start':
    case 'redis.prepare':
      return { place: 'redis', kind: 'redis', label: 'redis' };
    case 'redis.remove':
    case 'redis.remove-former':
      return { place: 'redis', kind: 'remove-redis', label: 'redis' };
    case 'peer.run':
      return { place: action.on, kind: 'start', label: action.peer };
    case 'peer.remove':
      return { place: action.on, kind: 'remove', label: action.name.replace(/^tm-/, '') };
  }
}

const placeName = (on: HostName | 'control'): string => (on === 'control' ? 'this machine' : on);

/** Whether a row has begun, and how it ended: failed where any step failed, skipped where any was skipped. */
export function rowState(row: Row): StepState['kind'] {
  const kinds = new Set(row.steps.map((step) => step.state.kind));
  if (kinds.has('running')) return 'running';
  if (kinds.has('waiting')) return kinds.size === 1 ? 'waiting' : 'running';
  if (kinds.has('failed')) return 'failed';
  return kinds.has('skipped') ? 'skipped' : 'done';
}

/** Whether nothing more will happen to a row. */
export const isOver = (row: Row): boolean => ['done', 'failed', 'skipped'].includes(rowState(row));

/** Milliseconds from the first start to the last end of some finished rows; 0 where nothing ran. */
export function elapsed(rows: readonly Row[]): number {
  const spans = rows
    .flatMap((row) => row.steps.map((step) => step.state))
    .flatMap((state) =>
      state.kind === 'done' || state.kind === 'failed' ? [[state.endMs - state.ms, state.endMs] as const] : [],
    );
  if (spans.length === 0) return 0;
  return Math.max(...spans.map(([, end]) => end)) - Math.min(...spans.map(([start]) => start));
}
