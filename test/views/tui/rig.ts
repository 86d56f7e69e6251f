import { Chalk } from 'chalk';
import type { TmEvent } from '../../../src/model/event.ts';
import { marksFor } from '../../../src/views/marks.ts';
import { buildFrame, type FrameInput } from '../../../src/views/tui/build-frame.ts';
import { createDrawing, type Drawing } from '../../../src/views/tui/ink/drawing.tsx';
import { parseKeys } from '../../../src/views/tui/keys.ts';
import type { Size } from '../../../src/views/tui/layout.ts';
import { createLogMatcher } from '../../../src/views/tui/log-matches.ts';
import { settled } from '../../../src/views/tui/panes-of.ts';
import { reduceKey, type Wish } from '../../../src/views/tui/reduce-key.ts';
import { createTuiModel } from '../../../src/views/tui/tui-model.ts';
import { firstState, type TuiState } from '../../../src/views/tui/tui-state.ts';

/** A screen without a terminal: events and keys go in, and it is looked at. */
export interface Rig {
  hear(...events: readonly TmEvent[]): void;
  /** Presses the keys that a terminal would send so; gives what they want of the world. */
  press(input: string): readonly Wish[];
  state(): TuiState;
  built(): ReturnType<typeof buildFrame>;
  /** What a person would see; no colours. */
  screen(): string;
  resize(size: Size): void;
}

export interface RigOptions extends Partial<Size> {
  readonly unicode?: boolean;
  readonly colors?: 0 | 2;
  readonly quits?: FrameInput['quits'];
}

/** Time stands at the last event. */
export function createRig(options: RigOptions = {}): Rig {
  const { columns = 80, rows = 24, unicode = true, colors = 0, quits = 'stop' } = options;
  let size = { columns, rows };
  const model = createTuiModel();
  const match = createLogMatcher();
  let drawing: Drawing | undefined;
  let state = firstState({ level: 'info', peers: [] });
  const built = () => {
    const { facts } = model;
    state = settled(state, facts);
    const matches = match(facts.run, state.log);
    const over = facts.run.ended !== undefined;
    return buildFrame({ facts, state, matches, size, marks: marksFor(unicode), nowMs: facts.run.nowMs, quits, over });
  };
  return {
    hear: (...events) => events.forEach((event) => void model.hear(event)),
    press(input) {
      const wishes: Wish[] = [];
      for (const key of parseKeys(input).keys) {
        const reaction = reduceKey(state, key, built().scene);
        ({ state } = reaction);
        if (reaction.wish !== undefined) wishes.push(reaction.wish);
      }
      return wishes;
    },
    state: () => state,
    built,
    screen: () => {
      drawing ??= createDrawing({ color: new Chalk({ level: colors }), unicode });
      const peers = model.facts.peers.map(({ peer }) => peer);
      return drawing
        .draw({ ...built().frame, peers })
        .map((row) => row.trimEnd())
        .join('\n');
    },
    resize: (next) => {
      size = next;
    },
  };
}
