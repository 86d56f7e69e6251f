import { type EndSignal, onEndSignals } from './signals.ts';

/** A run under way, to be ended. */
export interface Ending {
  stop(by: EndSignal | 'q'): void;
  /** Gives the terminal back at once, before the process ends. */
  leave(): void;
}

/** The signals of the process, for a command that runs tests: the first one ends the run gracefully, and begins no other one. */
export interface EndRequests {
  /** The first signal that came; nothing is begun after it. */
  readonly signal: EndSignal | undefined;
  /** The run that a signal ends from now on; one that came before ends it at once. */
  hold(run: Ending | undefined): void;
  /** Puts the signals back. */
  close(): void;
}

/** Listens for signals. `leaveAtOnce` ends the process with the second one. */
export function listenForEnd(leaveAtOnce: (signal: EndSignal) => never): EndRequests {
  let held: Ending | undefined;
  let first: EndSignal | undefined;
  const quiet = onEndSignals(
    (signal) => {
      first = signal;
      held?.stop(signal);
    },
    (signal) => {
      held?.leave();
      leaveAtOnce(signal);
    },
  );
  return {
    get signal() {
      return first;
    },
    hold(run) {
      held = run;
      if (first !== undefined) run?.stop(first);
    },
    close: quiet,
  };
}
