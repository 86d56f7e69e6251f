/**
 * A run as its events tell it: peers with their statuses, commands with their fates, expectations with their outcomes. The one fold
 * under the TUI, the reports and the lists; what it says follows from the events alone. Changed in place, because a run of a thousand
 * peers has a million events.
 */
import type { TmEvent } from '../../model/event.ts';
import { learn, nothing } from './learn-event.ts';
import type { RunFacts } from './run-facts.ts';

export interface RunModel {
  /** Everything so far; the same object, changed in place by `hear`. */
  readonly facts: RunFacts;
  hear(event: TmEvent): void;
}

/** An empty model. `keepLogs`: how many log lines stay in it (all of them are counted). */
export function createRunModel(options: { readonly keepLogs: number }): RunModel {
  const model = { facts: nothing() };
  return {
    get facts() {
      return model.facts;
    },
    hear(event) {
      if (event.type === 'run-started') model.facts = nothing();
      model.facts.nowMs = Math.max(model.facts.nowMs, event.atMs);
      learn(model.facts, event, options.keepLogs);
    },
  };
}
