import type { TmEvent } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import { displayWidth } from '../display-width.ts';
import { createStepBoard, type StepBoard } from '../listr/step-board.ts';
import type { CommandFacts, ExpectationFacts, PeerFacts, RunFacts } from '../run-model/run-facts.ts';
import { createRunModel } from '../run-model/run-model.ts';
import { safeLine } from '../safe-text.ts';

/** Lines of the log that can be scrolled back to; run.log has all of them. */
const KEPT_LOGS = 5000;

/** What the screen shows of a run: the facts of the run model, and what each frame would else have to count anew. */
export interface TuiFacts {
  readonly run: RunFacts;
  /** In the order of their names. */
  readonly peers: readonly PeerFacts[];
  /** Columns of the longest name. */
  readonly longestName: number;
  /** Of the plan that is being applied or taken down. */
  readonly steps: StepBoard | undefined;
  /** Commands of the timeline, with those that were sent by hand where they came among them. */
  readonly commands: readonly CommandFacts[];
  /** Position in `commands` behind the last one that was sent or skipped. */
  readonly reached: number;
  readonly sent: number;
  readonly skipped: number;
  /** Row by row: unmet, open, undecided, met, and in each the order of the file; what is not met has its reason below it. */
  readonly expectations: readonly ExpectationRow[];
  readonly outcomes: { readonly met: number; readonly unmet: number; readonly undecided: number };
  readonly started: number;
  readonly deaths: readonly PeerName[];
}

export interface ExpectationRow {
  readonly facts: ExpectationFacts;
  readonly part: 'text' | 'reason';
}

export interface TuiModel {
  readonly facts: TuiFacts;
  hear(event: TmEvent): void;
}

type State = { -readonly [Key in keyof TuiFacts]: TuiFacts[Key] } & {
  outcomes: { met: number; unmet: number; undecided: number };
  commands: CommandFacts[];
  deaths: PeerName[];
};

const nothing = (run: RunFacts): State => ({
  run,
  peers: [],
  longestName: 0,
  steps: undefined,
  commands: [],
  reached: 0,
  sent: 0,
  skipped: 0,
  expectations: [],
  outcomes: { met: 0, unmet: 0, undecided: 0 },
  started: 0,
  deaths: [],
});

/** An empty model. It is changed in place, and an event costs it the same however long the run is. */
export function createTuiModel(): TuiModel {
  const model = createRunModel({ keepLogs: KEPT_LOGS });
  let state = nothing(model.facts);
  return {
    get facts() {
      return state;
    },
    hear(event) {
      model.hear(event);
      if (model.facts !== state.run) state = nothing(model.facts);
      learn(state, event);
      if (state.run.peers.size !== state.peers.length) listPeers(state);
    },
  };
}

function learn(state: State, event: TmEvent): void {
  switch (event.type) {
    case 'test-described':
      state.commands = [...state.run.commands];
      sortExpectations(state);
      return;
    case 'planned':
      state.steps = createStepBoard(event.plan);
      return;
    case 'peer-status':
      if (state.run.peers.get(event.peer)?.statuses.length === 1) state.started += 1;
      return;
    case 'peer-died':
      state.deaths.push(event.peer);
      return;
    case 'command-sent':
      state.sent += 1;
      reach(state, event.index);
      return;
    case 'command-skipped':
      state.skipped += 1;
      reach(state, event.index);
      return;
    case 'message-sent': {
      const message = state.run.messages.at(-1);
      if (event.origin !== 'hand' || message === undefined) return;
      state.commands.splice(state.reached, 0, message);
      state.reached += 1;
      return;
    }
    case 'expectation-decided':
      state.outcomes[event.outcome] += 1;
      sortExpectations(state);
      return;
    default:
      state.steps?.note(event);
  }
}

/** A command that no test has described came from a watch that began in the middle: it stands where it was heard of. */
function reach(state: State, index: number): void {
  const command = state.run.commands[index];
  if (command === undefined) return;
  let at = state.commands.indexOf(command);
  if (at < 0) at = state.commands.push(command) - 1;
  state.reached = Math.max(state.reached, at + 1);
}

function listPeers(state: State): void {
  state.peers = [...state.run.peers.values()];
  state.longestName = Math.max(0, ...state.peers.map(({ peer }) => displayWidth(safeLine(peer))));
}

const RANK = { unmet: 0, open: 1, undecided: 2, met: 3 } as const;

function sortExpectations(state: State): void {
  const outcome = ({ decided }: ExpectationFacts) => decided?.outcome ?? 'open';
  // The list has no holes once the test is described; a watch that begins in the middle never hears of it.
  const known = state.run.expectations.filter((one) => one !== undefined);
  state.expectations = known
    .sort((a, b) => RANK[outcome(a)] - RANK[outcome(b)])
    .flatMap((facts): readonly ExpectationRow[] => {
      const reason = outcome(facts) === 'unmet' || outcome(facts) === 'undecided';
      return [{ facts, part: 'text' }, ...(reason ? [{ facts, part: 'reason' } as const] : [])];
    });
}
