import { createActor } from 'xstate';
import type { Verdict } from '../model/event.ts';
import { createActors } from './actors.ts';
import { runMachine } from './machine.ts';
import type { EventListener } from './recorder.ts';
import type { RunRequest } from './request.ts';
import { Session } from './session.ts';
import { exitCodeOf } from './verdict.ts';
import type { World } from './world.ts';

/** How a run ended. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** What still stands on the hosts. */
  readonly left: readonly string[];
}

/** A run under way. */
export interface Run {
  /** Resolves when everything is given back; never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Asks for the end, gracefully, in whatever phase it is; `by` is the signal's name or `q`. Later calls do nothing. */
  stop(by: string): void;
}

/** Runs a test through all of its phases: plan, apply, timeline, shutdown, teardown. */
export function runTest(world: World, request: RunRequest, listeners: readonly EventListener[]): Run {
  const session = new Session(world, request, listeners);
  const machine = runMachine.provide({
    actors: createActors(session),
    actions: {
      requestStop: ({ event }) => {
        if (session.stop.signal.aborted) return;
        if (event.type === 'STOP') session.recorder.emit({ type: 'stop-requested', by: event.by });
        session.stop.abort();
        session.board.changed();
      },
    },
  });
  const actor = createActor(machine, { input: { cleanup: request.cleanup } });
  const outcome = new Promise<Outcome>((resolve) => {
    actor.subscribe((snapshot) => {
      if (snapshot.status !== 'done') return;
      const verdict = session.verdict ?? { kind: 'errored', faults: snapshot.context.faults };
      resolve({ verdict, exitCode: session.exitCode ?? exitCodeOf(verdict), left: session.left });
    });
  });
  session.onUnwritable = (fault) => {
    // A run without a journal proves nothing: it ends, and what it made goes.
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'HALT', fault });
  };
  actor.start();
  const stop = (by: string) => {
    // A signal may come while the last lines are still being shown.
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'STOP', by });
  };
  return { outcome, stop };
}
