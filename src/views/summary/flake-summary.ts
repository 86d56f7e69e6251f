import type { TestName } from '../../model/names.ts';
import type { Attempt } from './attempt.ts';

/** The runs of one combination of a matrix, or of a test without one, in their order. */
export interface CellAttempts {
  /** Empty without a matrix. */
  readonly name: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly attempts: readonly Attempt[];
}

/** Several runs of a test in a few numbers. An interrupted run says nothing about the test, and counts nowhere but in `interrupted`. */
export interface FlakeSummary {
  readonly test: TestName;
  /** Runs that were wanted; fewer were made where a failure or a person ended them. */
  readonly planned: number;
  readonly ran: number;
  readonly passed: number;
  readonly interrupted: number;
  /** Of the worst run. */
  readonly exitCode: number;
  readonly cells: readonly CellSummary[];
}

export interface CellSummary {
  readonly name: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly ran: number;
  readonly passed: number;
  /** Missing where none came to its end. */
  readonly ms?: { readonly min: number; readonly median: number; readonly max: number };
  /** Why runs did not pass, the most frequent first. */
  readonly causes: readonly Cause[];
  readonly runs: readonly Attempt[];
}

export interface Cause {
  readonly text: string;
  /** Runs with this cause. */
  readonly count: number;
  /** Those of them that have a directory. */
  readonly runs: readonly string[];
}

/** Counts what came of several runs. `exitCode` is for runs that were never begun, because a signal came first. */
export function flakeSummary(
  test: TestName,
  planned: number,
  cells: readonly CellAttempts[],
  exitCode = 0,
): FlakeSummary {
  const summaries = cells.map(cellSummary);
  const attempts = cells.flatMap((cell) => cell.attempts);
  return {
    test,
    planned,
    ran: sum(summaries.map(({ ran }) => ran)),
    passed: sum(summaries.map(({ passed }) => passed)),
    interrupted: attempts.filter(isInterrupted).length,
    exitCode: attempts.reduce((worst, attempt) => Math.max(worst, attempt.exitCode), exitCode),
    cells: summaries,
  };
}

function cellSummary({ name, vars, attempts }: CellAttempts): CellSummary {
  const ended = attempts.filter((attempt) => !isInterrupted(attempt));
  const ms = ended.map((attempt) => attempt.ms).sort((a, b) => a - b);
  const [min] = ms;
  const max = ms.at(-1);
  return {
    name,
    vars,
    ran: ended.length,
    passed: ended.filter(({ exitCode }) => exitCode === 0).length,
    ...(min === undefined || max === undefined ? {} : { ms: { min, median: median(ms), max } }),
    causes: causesOf(ended),
    runs: attempts,
  };
}

const isInterrupted = ({ verdict }: Attempt): boolean => verdict === 'interrupted';
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Of sorted numbers; of an even count, the middle between the two in the middle. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** How long something took, in a sentence that is otherwise the same in each run: `6.9 s after "rotate-key"`. */
const DURATION = /\b\d+(?:\.\d+)? (?:ms|s|min|h)\b/g;

function causesOf(attempts: readonly Attempt[]): readonly Cause[] {
  const found = new Map<string, { readonly texts: Set<string>; readonly runs: Attempt[] }>();
  for (const attempt of attempts) {
    const told = new Set<string>();
    for (const text of attempt.causes) {
      const key = text.replace(DURATION, '…');
      const cause = found.get(key) ?? { texts: new Set(), runs: [] };
      found.set(key, cause);
      cause.texts.add(text);
      if (!told.has(key)) cause.runs.push(attempt);
      told.add(key);
    }
  }
  return [...found]
    .map(([key, { texts, runs }]) => ({
      // Where the times differ they are no part of what the runs share.
      text: texts.size === 1 ? ([...texts][0] ?? key) : key,
      count: runs.length,
      runs: runs.flatMap(({ run }) => (run === undefined ? [] : [run])),
    }))
    .sort((a, b) => b.count - a.count);
}
