import type { CommandWait, Condition, WaitDemand } from '../../model/expectation.ts';
import type { DemandWatch } from './demand-watch.ts';
import { findingOf, type Scene } from './findings.ts';
import { patternText } from './pattern.ts';
import { boundText, listText } from './phrases.ts';
import { offsetFrom, type Times } from './times.ts';

/** One thing that a command waits for. */
export interface Awaited {
  readonly demand: WaitDemand;
  readonly watch: DemandWatch;
}

/** What a command waits for. Times are microseconds of the run. */
export class Wait {
  readonly awaited: readonly Awaited[];
  #beganAt: number | undefined;

  constructor({ all }: Extract<CommandWait, { kind: 'when' }>, watchOf: (demand: WaitDemand) => DemandWatch) {
    this.awaited = all.map((demand) => ({ demand, watch: watchOf(demand) }));
  }

  get beganAt(): number | undefined {
    return this.#beganAt;
  }

  /** What is heard from now on counts, and what was heard before but happened later than `at`. */
  begin(at: number): void {
    this.#beganAt = at;
    for (const { demand, watch } of this.awaited) {
      if (demand.fromMs !== undefined) continue;
      watch.opens(at);
      watch.open();
    }
  }

  /** When all was met, not before the wait began. */
  metAt(): number | undefined {
    let met = this.#beganAt;
    for (const { watch } of this.awaited) {
      if (met === undefined || watch.metAt === undefined) return undefined;
      met = Math.max(met, watch.metAt);
    }
    return met;
  }

  /** Which demands are missing, and what was seen instead. */
  whyNot(times: Times): string {
    const missing = this.awaited.filter(({ watch }) => watch.metAt === undefined);
    const first = missing[0];
    if (first === undefined)
      return this.#beganAt === undefined ? 'its wait never began' : 'all that it waits for happened';
    const why = whyOf(first, times);
    const others = missing.slice(1).map(({ demand }) => demand.text);
    return others.length === 0 ? why : `${why}; and without ${listText(others)}`;
  }
}

function whyOf({ demand, watch }: Awaited, times: Times): string {
  const scene: Scene = {
    closesAt: Number.POSITIVE_INFINITY,
    now: times.now,
    offset: offsetFrom(times),
    it: wanted(demand.condition),
    opening: demand.fromMs === undefined ? 'the wait began' : boundText(demand.fromMs),
    closing: 'the wait was over',
    compared: 1000,
  };
  const missing = watch.watches.filter(({ hit }) => hit === undefined);
  const first = missing.find(({ track }) => track.end !== undefined) ?? missing[0];
  if (first === undefined) return `${demand.text} did not happen`;
  const { sentence } = findingOf(watch, first, scene);
  if (watch.watches.length === 1) return sentence;
  const names = listText(missing.map(({ track }) => track.peer));
  return `${demand.text}: only ${watch.hits} of ${demand.count}, without ${names}; ${sentence}`;
}

function wanted(condition: Condition): string {
  switch (condition.kind) {
    case 'status':
      return patternText(condition.status);
    case 'log':
      return condition.log.kind === 'text' ? `"${condition.log.text}"` : patternText(condition.log);
    case 'exit':
      return `exit ${condition.code}`;
  }
}
