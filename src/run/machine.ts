import { assign, fromPromise, setup } from 'xstate';
import type { Fault } from '../model/fault.ts';
import { TmError, toFault } from '../model/fault.ts';
import { PhaseFailed } from './monitor/phase-failed.ts';
import type { RuleFailure } from './rules.ts';
import { RunFaults } from './run-faults.ts';

/*
 * The conductor of a run. It holds no connection and does no IO: its actors are provided by run/actors.ts.
 *
 *   loading ──► planning ──► applying ──► monitoring ─────────────────────────────────┐
 *      │           │            │          starting ► bootstrapping ► timeline ► stopping
 *      │           │            │              │            │            │        │
 *      │           │            └─ a fault ────┴────────────┴────────────┴──► settling
 *      │           │                                                              │
 *      │           └── a fault: nothing was made                leave what is made │ stop the peers
 *      │                     │                                        │            ▼
 *      └─────────────────────┴───────────► closing ◄──────────────────┘         stopping
 *                                            ▲  │                                  │
 *                                            │  └──► done                          │ --keep: closing
 *                                            └──────────── tearingDown ◄───────────┘
 *
 * STOP (a signal) and HALT (the journal cannot be written) change no state by themselves: they abort the session's stop
 * signal, the actor of the present state finishes what it has under way and returns, and the guards then lead down. Leaving
 * a state at once would let a container appear after the teardown has looked for it.
 */

export interface MachineInput {
  readonly cleanup: 'always' | 'after-timeline' | 'keep';
}

export interface MachineContext extends MachineInput {
  readonly stoppedBy?: string;
  /** It cannot go on for a reason of ours, which is among the faults. */
  readonly halted: boolean;
  readonly failures: readonly RuleFailure[];
  readonly faults: readonly Fault[];
  readonly timelineBegan: boolean;
}

export type MachineEvent =
  | { readonly type: 'STOP'; readonly by: string }
  /** What the run cannot do without is gone: it ends as with a signal, but with this fault. */
  | { readonly type: 'HALT'; readonly fault: Fault };

/** An actor that gives nothing but its end. */
const step = () =>
  fromPromise<void, MachineContext>(() => Promise.reject(new Error('the actor of this step was not provided')));

export const runMachine = setup({
  types: { context: {} as MachineContext, events: {} as MachineEvent, input: {} as MachineInput },
  actors: {
    load: step(),
    plan: step(),
    apply: step(),
    awaitStarted: step(),
    bootstrap: step(),
    runTimeline: step(),
    stopPeers: step(),
    tearDown: step(),
    close: step(),
  },
  actions: {
    /** Provided: aborts the session's stop signal and tells the views. */
    requestStop: () => {},
    recordFailure: assign(({ context, event }) => record(context, event)),
    recordStop: assign({
      stoppedBy: ({ context, event }) => context.stoppedBy ?? (event.type === 'STOP' ? event.by : 'an error'),
    }),
    recordHalt: assign(({ context, event }) =>
      event.type === 'HALT' ? { halted: true, faults: [...context.faults, event.fault] } : {},
    ),
    timelineBegins: assign({ timelineBegan: true }),
  },
  guards: {
    stopped: ({ context }) => context.stoppedBy !== undefined || context.halted,
    /** A failure before the timeline leaves what was made, for the next apply to go on from. */
    leaves: ({ context }) =>
      context.stoppedBy === undefined && !context.halted && !context.timelineBegan && context.cleanup !== 'always',
    keeps: ({ context }) => context.cleanup === 'keep',
  },
}).createMachine({
  id: 'run',
  context: ({ input }) => ({ ...input, failures: [], faults: [], halted: false, timelineBegan: false }),
  initial: 'loading',
  on: {
    STOP: { actions: ['recordStop', 'requestStop'] },
    HALT: { actions: ['recordHalt', 'requestStop'] },
  },
  states: {
    loading: {
      invoke: {
        src: 'load',
        input: ({ context }) => context,
        onDone: [{ guard: 'stopped', target: 'closing' }, { target: 'planning' }],
        onError: { target: 'closing', actions: 'recordFailure' },
      },
    },
    planning: {
      invoke: {
        src: 'plan',
        input: ({ context }) => context,
        onDone: [{ guard: 'stopped', target: 'closing' }, { target: 'applying' }],
        onError: { target: 'closing', actions: 'recordFailure' },
      },
    },
    applying: {
      invoke: {
        src: 'apply',
        input: ({ context }) => context,
        onDone: [{ guard: 'stopped', target: 'settling' }, { target: 'monitoring' }],
        onError: { target: 'settling', actions: 'recordFailure' },
      },
    },
    monitoring: {
      initial: 'starting',
      states: {
        starting: {
          invoke: {
            src: 'awaitStarted',
            input: ({ context }) => context,
            onDone: [{ guard: 'stopped', target: '#run.settling' }, { target: 'bootstrapping' }],
            onError: { target: '#run.settling', actions: 'recordFailure' },
          },
        },
        bootstrapping: {
          invoke: {
            src: 'bootstrap',
            input: ({ context }) => context,
            onDone: [{ guard: 'stopped', target: '#run.settling' }, { target: 'timeline' }],
            onError: { target: '#run.settling', actions: 'recordFailure' },
          },
        },
        timeline: {
          entry: 'timelineBegins',
          invoke: {
            src: 'runTimeline',
            input: ({ context }) => context,
            onDone: { target: '#run.stopping' },
            onError: { target: '#run.settling', actions: 'recordFailure' },
          },
        },
      },
    },
    settling: {
      always: [{ guard: 'leaves', target: 'closing' }, { target: 'stopping' }],
    },
    stopping: {
      invoke: {
        src: 'stopPeers',
        input: ({ context }) => context,
        onDone: [{ guard: 'keeps', target: 'closing' }, { target: 'tearingDown' }],
        onError: [
          { guard: 'keeps', target: 'closing', actions: 'recordFailure' },
          { target: 'tearingDown', actions: 'recordFailure' },
        ],
      },
    },
    tearingDown: {
      invoke: {
        src: 'tearDown',
        input: ({ context }) => context,
        onDone: { target: 'closing' },
        onError: { target: 'closing', actions: 'recordFailure' },
      },
    },
    closing: {
      invoke: {
        src: 'close',
        input: ({ context }) => context,
        onDone: { target: 'done' },
        onError: { target: 'done', actions: 'recordFailure' },
      },
    },
    done: { type: 'final' },
  },
});

/** A failed actor's error, sorted: a reason of the test's own, or faults of what it needs. */
function record(context: MachineContext, event: unknown): Pick<MachineContext, 'failures' | 'faults'> {
  const error = (event as { readonly error?: unknown }).error;
  if (error instanceof PhaseFailed)
    return { failures: [...context.failures, ...error.failures], faults: context.faults };
  const faults = error instanceof RunFaults ? error.faults : [faultOf(error)];
  return { failures: context.failures, faults: [...context.faults, ...faults] };
}

/** A fault that names itself as a defect where it is one: a thrown value that no code of ours foresaw. */
function faultOf(error: unknown): Fault {
  const fault = toFault(error);
  if (error instanceof TmError || fault.kind === 'aborted') return fault;
  return { ...fault, message: `unexpected: ${fault.message}` };
}
