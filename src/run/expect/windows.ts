import type { Case } from './case.ts';
import type { Cases } from './cases.ts';
import type { DemandWatch } from './demand-watch.ts';
import { toMicros } from './micros.ts';
import type { Schedule } from './schedule.ts';
import type { Wait } from './wait.ts';

/** When the windows of a test open and close, which is known only as it goes: with the timeline, and with the commands. Microseconds of the run. */
export class Windows {
  readonly #cases: Cases;
  readonly #schedule: Schedule;
  readonly #waits: readonly Wait[];
  /** Cases whose window opens with a command, by its index. */
  readonly #byCommand: ReadonlyMap<number, readonly Case[]>;

  constructor(cases: Cases, schedule: Schedule, waits: readonly Wait[]) {
    this.#cases = cases;
    this.#schedule = schedule;
    this.#waits = waits;
    this.#byCommand = byCommand(cases.all);
  }

  /** The timeline begins: all offsets become times, and what is certain already can be told. */
  begin(at: number): void {
    if (this.#schedule.zero !== undefined) return;
    this.#schedule.passBefore(at);
    this.#schedule.begin(at);
    for (const judged of this.#cases.all) {
      const { window } = judged.expectation;
      if (window.kind !== 'timeline') continue;
      if (window.fromMs !== undefined) this.#opensAt(judged.watch, at + toMicros(window.fromMs));
      this.#closesAt(judged, at, window.byMs);
    }
    for (const { awaited } of this.#waits)
      for (const { demand, watch } of awaited)
        if (demand.fromMs !== undefined) this.#opensAt(watch, at + toMicros(demand.fromMs));
    for (const judged of this.#cases.all) this.#cases.consider(judged);
    this.#cases.stirred();
  }

  /**
   * A command was sent, and its windows open. They open with the sending itself: a quick answer may be heard before Redis has told us that
   * it has the command. They close as long after we know.
   */
  sent(index: number, sentOffset: number, at: number): void {
    const cases = this.#byCommand.get(index);
    const { zero } = this.#schedule;
    if (cases === undefined || zero === undefined) return;
    this.#schedule.passBefore(at);
    for (const judged of cases) {
      const { watch, expectation } = judged;
      if (watch.opensAt !== undefined || judged.outcome !== undefined) continue;
      watch.opens(Math.min(at, zero + sentOffset));
      watch.open();
      this.#closesAt(judged, at, expectation.window.kind === 'command' ? expectation.window.withinMs : undefined);
      this.#cases.consider(judged);
    }
    this.#cases.stirred();
  }

  /** It will never be sent, for a reason that is its own. */
  skipped(index: number, because: string): void {
    for (const judged of this.#byCommand.get(index) ?? [])
      this.#cases.settle(judged, { kind: 'unmet', failure: { kind: 'unsent', because } });
  }

  #opensAt(demand: DemandWatch, at: number): void {
    demand.opens(at);
    this.#schedule.opensAt(demand, at);
  }

  #closesAt(judged: Case, from: number, lengthMs: number | undefined): void {
    if (lengthMs === undefined) return;
    judged.closesAt = from + toMicros(lengthMs);
    this.#schedule.closesAt(judged, judged.closesAt);
  }
}

function byCommand(cases: readonly Case[]): ReadonlyMap<number, readonly Case[]> {
  const found = new Map<number, Case[]>();
  for (const judged of cases) {
    const { window } = judged.expectation;
    if (window.kind !== 'command') continue;
    found.set(window.command, [...(found.get(window.command) ?? []), judged]);
  }
  return found;
}
