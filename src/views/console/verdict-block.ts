/** The end of a run, in the order in which it is asked: what happened, why, where the evidence is, what to do next. */
import { assertNever } from '../../lib/assert-never.ts';
import type { Verdict } from '../../model/event.ts';
import { countOf } from '../count-of.ts';
import type { Tone } from '../palette.ts';
import { shortTime } from '../short-time.ts';
import { commandSummary, untakenCommands } from './command-summary.ts';
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
  readonly rows: readonly Row[];
}

/** `evidence  .tm/…`; further lines stand under the first. */
interface Row {
  readonly label: string;
  readonly lines: readonly string[];
  /** Paths and commands, to be copied: a line that is too long is left to the terminal, which copies it as one. */
  readonly verbatim: boolean;
}

const MOST_LEFT = 8;

/** The block of a story with a verdict; undefined without one. `shownPath` makes a path short for a person. */
export function verdictBlock(story: Story, shownPath: (path: string) => string): VerdictBlock | undefined {
  const verdict = story.verdict?.verdict;
  if (verdict === undefined) return undefined;
  const rows = [
    ...(verdict.kind === 'passed' || story.commands.size === 0 ? [] : [commandRow(story)]),
    ...leftRow(story),
    ...(story.run === undefined
      ? []
      : [{ label: 'evidence', lines: [shownPath(story.run.directory)], verbatim: true }]),
    ...nextRow(nextSteps(story, shownPath)),
  ];
  return { ...headlineOf(verdict, story), rows };
}

function headlineOf(verdict: Verdict, story: Story): Omit<VerdictBlock, 'rows'> {
  const took = shortTime(story.ended?.ms ?? story.verdict?.atMs ?? 0);
  switch (verdict.kind) {
    case 'passed': {
      const peers = countOf(story.run?.peers.length ?? 0, 'peer');
      const commands =
        story.commands.size === 0
          ? 'no commands'
          : `${countOf(story.commands.size, 'command')}, ${commandSummary(story)}`;
      const headline = ` in ${took}: ${peers}, ${commands}`;
      const exitCode = story.ended?.exitCode ?? 0;
      if (exitCode === 0) return { mark: 'good', tone: 'good', outcome: 'passed', headline, sentences: [] };
      // The verdict is on the test; cleaning up behind it can still go wrong, and then the exit code says so.
      const sentences = [`cleaning up went wrong, so the exit code is ${exitCode}`];
      return { mark: 'caution', tone: 'caution', outcome: 'passed', headline, sentences };
    }
    case 'failed': {
      const [first, ...others] = verdict.reasons;
      const headline = ` after ${took}${first === undefined ? '' : `: ${first}`}`;
      return { mark: 'bad', tone: 'bad', outcome: 'failed', headline, sentences: others };
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

function commandRow(story: Story): Row {
  const lines = [`${story.commands.size} sent, ${commandSummary(story)}`, ...untakenCommands(story)];
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
