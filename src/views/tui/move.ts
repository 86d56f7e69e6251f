import { lastTop, type Scene } from './scene.ts';
import type { LogState, TuiState } from './tui-state.ts';

export type Move = 'up' | 'down' | 'left' | 'right' | 'page-up' | 'page-down' | 'home' | 'end';

/** Columns that the log moves to the side at a time. */
const SHIFT = 16;
const MOST_SHIFT = 4000;

/** The screen after a move in what has the focus; the same state where nothing can move. */
export function moveIn(state: TuiState, move: Move, scene: Scene): TuiState {
  if (state.overlay !== undefined) return scroll(state, state.overlay, move, scene);
  if (state.focus === 'peers') return choose(state, move, scene);
  if (state.focus === 'log') return scrollLog(state, move, scene);
  return scroll(state, state.focus, move, scene);
}

function choose(state: TuiState, move: Move, { grid }: Scene): TuiState {
  const { columns, rows, peers } = grid;
  const last = peers.length - 1;
  const now = state.cursor;
  const atLeft = now % columns === 0;
  const atRight = now % columns === columns - 1 || now === last;
  const steps: Readonly<Record<Move, number>> = {
    left: atLeft ? 0 : -1,
    right: atRight ? 0 : 1,
    up: now - columns < 0 ? 0 : -columns,
    down: now + columns > last ? 0 : columns,
    'page-up': -columns * Math.max(1, rows - 1),
    'page-down': columns * Math.max(1, rows - 1),
    home: -now,
    end: last,
  };
  const cursor = Math.max(0, Math.min(now + steps[move], last));
  return cursor === now ? state : { ...state, cursor };
}

function scroll(state: TuiState, pane: keyof Scene['scrolls'], move: Move, scene: Scene): TuiState {
  const { count, rows, top } = scene.scrolls[pane];
  const page = Math.max(1, rows - 1);
  const tops: Readonly<Record<Move, number | undefined>> = {
    left: undefined,
    right: undefined,
    up: top - 1,
    down: top + 1,
    'page-up': top - page,
    'page-down': top + page,
    home: 0,
    end: count,
  };
  const asked = tops[move];
  if (asked === undefined) return state;
  const next = Math.max(0, Math.min(asked, lastTop({ count, rows })));
  return next === top ? state : { ...state, tops: { ...state.tops, [pane]: next } };
}

function scrollLog(state: TuiState, move: Move, { log: { first, end, rows } }: Scene): TuiState {
  const { log } = state;
  if (move === 'left' || move === 'right') {
    const shift = Math.max(0, Math.min(log.shift + (move === 'left' ? -SHIFT : SHIFT), MOST_SHIFT));
    return shift === log.shift ? state : { ...state, log: { ...log, shift } };
  }
  const now = log.end ?? end;
  const page = Math.max(1, rows - 1);
  const ends: Readonly<Record<typeof move, number>> = {
    up: now - 1,
    down: now + 1,
    'page-up': now - page,
    'page-down': now + page,
    home: first + rows,
    end,
  };
  const next = Math.max(Math.min(first + rows, end), ends[move]);
  return { ...state, log: next >= end ? following(log) : { ...log, end: next } };
}

/** At its end the log follows what comes. */
function following({ end: _, ...log }: LogState): LogState {
  return log;
}
