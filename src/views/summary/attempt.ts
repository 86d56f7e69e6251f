import { assertNever } from '../../lib/assert-never.ts';
import type { TmEvent, Verdict } from '../../model/event.ts';
import type { Expectation } from '../../model/expectation.ts';
import type { RunId } from '../../model/names.ts';

/** One of several runs of a test, as far as a summary of all of them wants to know. */
export interface Attempt {
  /** Missing where it ended before it had a directory. */
  readonly run?: RunId;
  readonly directory?: string;
  readonly verdict: Verdict['kind'];
  readonly exitCode: number;
  /** Of the whole run, from planning to cleaning up. */
  readonly ms: number;
  /** Why it did not pass, in sentences that other runs can share; each once. */
  readonly causes: readonly string[];
}

export interface AttemptFold {
  hear(event: TmEvent): void;
  /** What became of it; `exitCode` is the answer of the run itself. */
  result(exitCode: number): Attempt;
}

/** Reads off the events of a run what a summary tells of it, and keeps nothing else. */
export function createAttemptFold(): AttemptFold {
  let run: Pick<Attempt, 'run' | 'directory'> = {};
  let expectations: readonly Expectation[] = [];
  let verdict: Verdict | undefined;
  let ms = 0;
  const causes = new Set<string>();
  return {
    hear(event) {
      ms = Math.max(ms, event.atMs);
      switch (event.type) {
        case 'run-started':
          run = { run: event.run, directory: event.directory };
          return;
        case 'test-described':
          expectations = event.expectations;
          return;
        case 'expectation-decided': {
          const { expectation, outcome } = event;
          const text = expectations.find(({ id }) => id === expectation)?.text ?? `expectation ${expectation}`;
          if (outcome !== 'met') causes.add(`${text}: ${outcome}`);
          return;
        }
        case 'rule-decided':
          if (event.outcome === 'unmet') for (const reason of event.reasons) causes.add(reason);
          return;
        case 'verdict':
          verdict = event.verdict;
          return;
        case 'run-ended':
          ms = event.ms;
          return;
        default:
          return;
      }
    },
    result: (exitCode) => ({
      ...run,
      verdict: verdict?.kind ?? 'errored',
      exitCode,
      ms,
      causes: exitCode === 0 ? [] : causesOf(verdict, causes),
    }),
  };
}

function causesOf(verdict: Verdict | undefined, found: ReadonlySet<string>): readonly string[] {
  switch (verdict?.kind) {
    case undefined:
      return ['it ended without a verdict'];
    case 'passed':
      return ['it passed, and cleaning up behind it went wrong'];
    case 'interrupted':
      return [];
    case 'errored':
      return [...new Set(verdict.faults.map(({ message }) => message))];
    case 'failed':
      return found.size > 0 ? [...found] : verdict.reasons;
    default:
      return assertNever(verdict);
  }
}
