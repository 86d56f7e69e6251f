import type { TmEvent } from '../../model/event.ts';
import type { LogLevel } from '../../model/wire.ts';
import { createDeferred } from '../listr/deferred.ts';
import { marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import type { View } from '../view.ts';
import { buildFrame } from './build-frame.ts';
import { createGate } from './gate.ts';
import type { Key } from './keys.ts';
import { createLogMatcher } from './log-matches.ts';
import { settled } from './panes-of.ts';
import { reduceKey } from './reduce-key.ts';
import { createRunTime, type ScreenClock } from './run-time.ts';
import type { Scene } from './scene.ts';
import { createTuiModel } from './tui-model.ts';
import type { TuiScreen } from './tui-screen.ts';
import { firstState } from './tui-state.ts';

export interface TuiOptions {
  readonly screen: TuiScreen;
  readonly unicode: boolean;
  /** Log lines of this level and graver ones are shown at first. */
  readonly logLevel: LogLevel;
  /** Only log lines of these peers; empty: of all. */
  readonly peers: readonly string[];
  readonly clock: ScreenClock;
  /** Calls `tick` every so many milliseconds, until the function that it gives is called. */
  every(ms: number, tick: () => void): () => void;
  /**
   * `run`: the screen is taken when applying begins (before that somebody may be asked something) and given back when the run has ended. `watch`: it is
   * there from the beginning, and stays after the end until somebody leaves.
   */
  readonly mode: 'run' | 'watch';
  /** `q` was pressed: asks the run to stop, or leaves it. */
  quit(): void;
  /** Ctrl-C was pressed, which is no signal while the terminal is taken: does what the signal would. */
  interrupt(): void;
  /** The run as lines: what is shown before the screen is taken, after it was given back, and in its place where it fails. */
  lines(through: (output: Output) => Output): View;
}

/** Between two frames, in milliseconds. */
const FRAME_MS = 100;
/** No frame is begun so few milliseconds before a command is due, unless so many were left out already. */
const KEPT_FREE_MS = 4;
const MOST_LEFT_OUT = 2;

/**
 * A run on the whole terminal. An event only changes the model; a frame, at most ten a second, is built from what can be seen of it, and drawn by
 * the screen elsewhere. Lines stand in where there is no screen yet or none any more.
 */
export function createTuiView(options: TuiOptions): View {
  const { screen, clock } = options;
  const marks = marksFor(options.unicode);
  const quits = options.mode === 'run' ? 'stop' : 'leave';
  const model = createTuiModel();
  const time = createRunTime(clock);
  const match = createLogMatcher();
  const gate = createGate();
  const lines = options.lines(gate.through);
  const left = createDeferred();
  let state = firstState({ level: options.logLevel, peers: options.peers });
  let scene: Scene | undefined;
  let taken: 'not yet' | 'taken' | 'given back' = 'not yet';
  let stopTicking = (): void => undefined;
  let dirty = true;
  let leftOut = 0;
  let namesDrawn = -1;
  let end: TmEvent | undefined;
  let over = false;

  const leave = (): void => {
    stopTicking();
    screen.close();
    taken = 'given back';
    gate.open();
    if (end !== undefined) lines.event(end);
    end = undefined;
    left.resolve();
  };
  const draw = (): void => {
    const size = screen.size();
    const { facts } = model;
    const matches = match(facts.run, state.log);
    const nowMs = time.now();
    state = settled(state, facts);
    const built = buildFrame({ facts, state, matches, size, marks, nowMs, quits, over });
    scene = built.scene;
    const names = namesDrawn === facts.peers.length ? {} : { peers: facts.peers.map(({ peer }) => peer) };
    namesDrawn = facts.peers.length;
    screen.draw({ ...built.frame, ...names });
    dirty = false;
    leftOut = 0;
  };
  const tick = (): void => {
    if (!screen.ready()) return;
    // After the end nothing moves by itself.
    if (!dirty && over) return;
    if (leftOut < MOST_LEFT_OUT && dueIn() < KEPT_FREE_MS) {
      leftOut += 1;
      return;
    }
    draw();
  };
  /** Milliseconds until the next timed command. */
  const dueIn = (): number => {
    const { run, commands, reached } = model.facts;
    const planned = commands[reached]?.plannedMs;
    if (run.zeroMs === undefined || planned === undefined) return Number.POSITIVE_INFINITY;
    const left = run.zeroMs + planned - time.now();
    return left < 0 ? Number.POSITIVE_INFINITY : left;
  };
  const key = (pressed: Key): void => {
    if (scene === undefined) draw();
    if (scene === undefined) return;
    const reaction = reduceKey(state, pressed, scene);
    state = reaction.state;
    dirty = true;
    if (reaction.wish === 'stop') {
      options.quit();
      if (options.mode === 'watch') leave();
    } else if (reaction.wish === 'interrupt') options.interrupt();
    else if (reaction.wish === 'redraw') screen.forget();
    if (taken === 'taken' && screen.ready()) draw();
  };
  const take = (): void => {
    taken = 'taken';
    gate.close();
    screen.open({
      key,
      changed: () => {
        dirty = true;
        if (screen.ready()) draw();
      },
      failed: (because) => {
        leave();
        gate.say(`tm: the screen cannot be drawn (${because}); lines follow`);
      },
    });
    // A screen that cannot be had has said so by now.
    if (taken !== 'taken') return;
    stopTicking = options.every(FRAME_MS, tick);
    draw();
  };

  if (options.mode === 'watch') take();
  return {
    event(event) {
      model.hear(event);
      time.hear(event);
      dirty = true;
      over = event.type === 'run-ended';
      if (taken === 'not yet' && event.type === 'phase' && event.phase === 'applying') take();
      if (event.type === 'run-ended') {
        if (options.mode === 'run') leave();
        if (taken === 'taken') {
          // The last lines are for the screen's successor.
          end = event;
          return;
        }
      }
      // What lines tell at the end follows from the other events; a flood of log lines need not pass through them for nothing.
      if (taken !== 'taken' || event.type !== 'log') lines.event(event);
    },
    leave,
    async close() {
      if (options.mode === 'watch' && taken === 'taken') {
        over = true;
        dirty = true;
        time.stop();
        await left.promise;
      }
      leave();
      await lines.close();
    },
  };
}
