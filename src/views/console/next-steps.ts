/** What a person can type next; only commands that exist, with the run's own paths in them. */
import { assertNever } from '../../lib/assert-never.ts';
import type { Story } from './story.ts';

const MOST_DEATHS = 2;

/** Commands with a word on what each is for, the most useful first; none after a clean pass. */
export function nextSteps(story: Story, shownPath: (path: string) => string): readonly string[] {
  const { run } = story;
  const verdict = story.verdict?.verdict;
  if (run === undefined || verdict === undefined) return [];
  const file = quoted(shownPath(run.file));
  const directory = shownPath(run.directory);
  const destroy = (story.ended?.left.length ?? 0) === 0 ? [] : [`tm destroy ${file}  # removes what is left`];
  switch (verdict.kind) {
    case 'passed':
      return destroy;
    case 'failed': {
      const dead = [...new Set(story.deaths.map((death) => death.peer))].slice(0, MOST_DEATHS);
      const logs = dead.map(
        (peer) => `less ${quoted(`${directory}/containers/${peer}.log`)}  # all that ${peer} wrote`,
      );
      return [...(logs.length > 0 ? logs : [`less ${quoted(`${directory}/run.log`)}`]), ...destroy];
    }
    case 'interrupted':
      return destroy;
    case 'errored': {
      if (verdict.faults.some((fault) => fault.kind === 'locked'))
        return verdict.faults.some((fault) => fault.kind === 'locked' && fault.holder.test === run.test)
          ? [`tm watch ${file}  # shows the run that holds it`]
          : [];
      // A timeline that has begun has used its containers up: there is nothing to go on from.
      if (story.timeline !== undefined) return [`less ${quoted(`${directory}/run.log`)}`, ...destroy];
      // Where nothing was made, an apply begins anew: nobody needs to be told how.
      return destroy.length === 0 ? [] : [`tm apply ${file}  # goes on from here, once that is mended`, ...destroy];
    }
    default:
      return assertNever(verdict);
  }
}

/** Fit for a POSIX shell. */
const quoted = (word: string): string =>
  /^[\p{L}\p{N}_./:@%+=-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
