/** What a person can type next; only commands that exist, with the run's own paths in them. */
import { assertNever } from '../../lib/assert-never.ts';
import type { Story } from './story.ts';

const MOST_CONCERNED = 3;

/** Commands with a word on what each is for, the most useful first; none after a clean pass. */
export function nextSteps(story: Story, shownPath: (path: string) => string): readonly string[] {
  const { run } = story;
  const verdict = story.verdict?.verdict;
  if (run === undefined || verdict === undefined) return [];
  const file = quoted(shownPath(run.file));
  const destroy = (story.ended?.left.length ?? 0) === 0 ? [] : [`tm destroy ${file}  # removes what is left`];
  switch (verdict.kind) {
    case 'passed':
      return destroy;
    case 'failed': {
      const concerned = [...new Set([...story.deaths.map((death) => death.peer), ...unmetPeers(story)])];
      const few = concerned.slice(0, MOST_CONCERNED).map(quoted).join(' ');
      return [
        `tm logs${few === '' ? '' : ` ${few}`}`,
        'tm replay',
        ...(destroy.length === 0 ? [`tm apply ${file}`] : destroy),
      ];
    }
    case 'interrupted':
      return destroy;
    case 'errored': {
      if (verdict.faults.some((fault) => fault.kind === 'locked'))
        return verdict.faults.some((fault) => fault.kind === 'locked' && fault.holder.test === run.test)
          ? [`tm watch ${file}  # shows the run that holds it`]
          : [];
      // A timeline that has begun has used its containers up: there is nothing to go on from.
      if (story.timeline !== undefined) return ['tm logs', ...destroy];
      // Where nothing was made, an apply begins anew: nobody needs to be told how.
      return destroy.length === 0 ? [] : [`tm apply ${file}  # goes on from here, once that is mended`, ...destroy];
    }
    default:
      return assertNever(verdict);
  }
}

/** The peers whose logs tell most about what was not met: those that were seen, or the one that was not. */
function unmetPeers(story: Story): readonly string[] {
  return [...story.decided.values()].flatMap(({ outcome, expectation, sightings }) => {
    if (outcome !== 'unmet') return [];
    const asked = story.described?.expectations[expectation]?.peers ?? [];
    return [...sightings.map((sighting) => sighting.peer), ...(asked.length === 1 ? asked : [])];
  });
}

/** Fit for a POSIX shell. */
const quoted = (word: string): string =>
  /^[\p{L}\p{N}_./:@%+=-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
