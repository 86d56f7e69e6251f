/** The end of a run, in the order in which it is asked: what happened, why, where the report is, what to do next. */
import { assertNever } from '../../lib/assert-never.ts';
import type { Verdict } from '../../model/event.ts';
import { countOf } from '../count-of.ts';
import type { Marks } from '../marks.ts';
import type { Tone } from '../palette.ts';
import { shortTime } from '../short-time.ts';
import type { AskedBy } from './asked-by.ts';
import { commandSummary, untakenCommands } from './command-summary.ts';
import { failurePoints, type Point } from './failure-points.ts';
import { failureSummary } from './failure-summary.ts';
import { type FaultText, faultText } from './fault-text.ts';
import { nextSteps } from './next-steps.ts';
import type { Story } from './story.ts';

/** The block before it is painted: a headline, sentences below it, and labelled rows. */
export interface VerdictBlock {
  readonly mark: 'good' | 'bad' | 'stop' | 'caution';
  readonly tone: Tone;
  /** What the headline begins with, in colour. */
  readonly outcome: string;
  /** What follows, with its own space or comma in front. */
  readonly headline: string;
  readonly sentences: readonly string[];
  /** Expectations that were not met, with their evidence. */
  readonly points: readonly Point[];
  readonly rows: readonly Row[];
}

/** `report  .tm/…`; further lines stand under the first. */
interface Row {
  readonly label: string;
  readonly lines: readonly string[];
  /** Paths and commands, to be copied: a line that is too long is left to the terminal, which copies it as one. */
  readonly verbatim: boolean;
}

const MOST_LEFT = 8;

/** The block of a story with a verdict; undefined without one. `shownPath` makes a path short for a person, `asked` is how the run was asked for. */
export function verdictBlock(
  story: Story,
  shownPath: (path: string) => string,
  marks: Pick<Marks, 'ellipsis'>,
  asked?: AskedBy,
): VerdictBlock | undefined {
  const verdict = story.verdict?.verdict;
  if (verdict === undefined) return undefined;
  const rows = [
    ...(verdict.kind === 'passed' || story.commands.size === 0 ? [] : [commandRow(story)]),
    ...leftRow(story),
    ...(story.run === undefined
      ? []
      : [{ label: 'report', lines: [shownPath(`${story.run.directory}/report.html`)], verbatim: true }]),
    ...nextRow(nextSteps(story, shownPath, asked)),
  ];
  return { ...headlineOf(verdict, story), points: failurePoints(story, marks), rows };
}

function headlineOf(verdict: Verdict, story: Story): Omit<VerdictBlock, 'rows' | 'points'> {
  const took = shortTime(story.ended?.ms ?? story.verdict?.atMs ?? 0);
  switch (verdict.kind) {
    case 'passed': {
      const headline = ` after ${took}: ${[...metExpectations(story), ...sizeOf(story)].join(', ')}`;
      const exitCode = story.ended?.exitCode ?? 0;
      if (exitCode === 0) return { mark: 'good', tone: 'good', outcome: 'passed', headline, sentences: [] };
      // The verdict is on the test; cleaning up behind it can still go wrong, and then the exit code says so.
      const sentences = [`cleaning up went wrong, so the exit code is ${exitCode}`];
      return { mark: 'caution', tone: 'caution', outcome: 'passed', headline, sentences };
    }
    case 'failed': {
      const { short, rest } = failureSummary(verdict.reasons);
      const headline = ` after ${took}${short === '' ? '' : `: ${short}`}`;
      return { mark: 'bad', tone: 'bad', outcome: 'failed', headline, sentences: rest };
    }
    case 'interrupted': {
      const headline = ` by ${verdict.by} after ${took}`;
      return { mark: 'stop', tone: 'caution', outcome: 'interrupted', headline, sentences: verdict.reasons };
    }
    case 'errored': {
      const [only, ...others] = verdict.faults;
      const outcome = story.timeline === undefined ? 'could not start' : 'broke off';
      if (only !== undefined && others.length === 0) {
        const { message, details } = faultText(only);
        return { mark: 'bad', tone: 'bad', outcome, headline: `, after ${took}: ${message}`, sentences: details };
      }
      const headline = `, after ${took}: ${countOf(verdict.faults.length, 'fault')}`;
      const sentences = verdict.faults.map((fault) => faultText(fault)).flatMap(indented);
      return { mark: 'bad', tone: 'bad', outcome, headline, sentences };
    }
    default:
      return assertNever(verdict);
  }
}

const indented = ({ message, details }: FaultText): readonly string[] => [
  message,
  ...details.map((line) => `  ${line}`),
];

/** `4 expectations met`. */
function metExpectations(story: Story): readonly string[] {
  const met = [...story.decided.values()].filter(({ outcome }) => outcome === 'met').length;
  return met === 0 ? [] : [`${countOf(met, 'expectation')} met`];
}

/** `5 peers, 12 commands, all taken (p50 1 ms)`. */
function sizeOf(story: Story): readonly string[] {
  const { size } = story.commands;
  const commands = size === 0 ? ['no commands'] : [countOf(size, 'command'), commandSummary(story)];
  return [countOf(story.run?.peers.length ?? 0, 'peer'), ...commands];
}

function commandRow(story: Story): Row {
  // Where the rule about them was decided, its reasons name them.
  const judged = story.rules.some(({ rule, reasons }) => rule === 'taken' && reasons.length > 0);
  const lines = [`${story.commands.size} sent, ${commandSummary(story)}`, ...(judged ? [] : untakenCommands(story))];
  return { label: 'commands', lines, verbatim: false };
}

function leftRow(story: Story): readonly Row[] {
  const left = story.ended?.left ?? [];
  if (left.length === 0) return [];
  const shown = left.length <= MOST_LEFT ? left : left.slice(0, MOST_LEFT - 1);
  const more = left.length - shown.length;
  return [{ label: 'left', lines: more === 0 ? shown : [...shown, `and ${more} more`], verbatim: false }];
}

function nextRow(steps: readonly string[]): readonly Row[] {
  return steps.length === 0 ? [] : [{ label: 'next', lines: steps, verbatim: true }];
}
