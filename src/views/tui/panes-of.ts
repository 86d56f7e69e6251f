import { PANES, type PaneId } from './pane-id.ts';
import type { TuiFacts } from './tui-model.ts';
import type { TuiState } from './tui-state.ts';

/** The panes that have something to show now, in their order. */
export function panesOf({ steps, run }: TuiFacts): readonly PaneId[] {
  const isThere: Readonly<Record<PaneId, boolean>> = {
    peers: true,
    steps: steps !== undefined && (run.steps.failed > 0 || run.phase === 'applying' || run.phase === 'tearingDown'),
    timeline: true,
    expectations: run.expectations.length > 0 || run.rules.some(({ outcome }) => outcome !== 'met'),
    log: true,
  };
  return PANES.filter((pane) => isThere[pane]);
}

/** The same state with its focus and its chosen peer on what is there: panes come and go, and a run may begin anew. */
export function settled(state: TuiState, facts: TuiFacts): TuiState {
  const focus = panesOf(facts).includes(state.focus) ? state.focus : 'peers';
  const cursor = Math.max(0, Math.min(state.cursor, facts.peers.length - 1));
  return focus === state.focus && cursor === state.cursor ? state : { ...state, focus, cursor };
}
