/** What a person can type next; only commands that exist, with the run's own paths in them. */
import { assertNever } from '../../lib/assert-never.ts';
import { shellWord } from '../shell-word.ts';
import { ASKED_PLAINLY, type AskedBy } from './asked-by.ts';
import type { Story } from './story.ts';

const MOST_CONCERNED = 3;

/** Commands with a word on what each is for, the most useful first; none after a clean pass. They ask as the run was asked for. */
export function nextSteps(
  story: Story,
  shownPath: (path: string) => string,
  { program, which, how, oneOfSeveral }: AskedBy = ASKED_PLAINLY,
): readonly string[] {
  const { run } = story;
  const verdict = story.verdict?.verdict;
  if (run === undefined || verdict === undefined) return [];
  const test = [asOperand(shownPath(run.file)), ...which].map(shellWord).join(' ');
  const again = [test, ...how.map(shellWord)].join(' ');
  const destroy = (story.ended?.left.length ?? 0) === 0 ? [] : [`tm destroy ${test}  # removes what is left`];
  const logs = (peers: readonly string[]): string =>
    ['tm', 'logs', ...peers, ...(oneOfSeveral ? ['--run', run.run] : [])].map(shellWord).join(' ');
  switch (verdict.kind) {
    case 'passed':
      return destroy;
    case 'failed': {
      const concerned = [...new Set([...story.deaths.map((death) => death.peer), ...unmetPeers(story)])];
      return [
        logs(concerned.slice(0, MOST_CONCERNED)),
        `tm replay${oneOfSeveral ? ` ${shellWord(run.run)}` : ''}`,
        ...(destroy.length === 0 ? [`${program} ${again}`] : destroy),
      ];
    }
    case 'interrupted':
      return destroy;
    case 'errored': {
      if (verdict.faults.some((fault) => fault.kind === 'locked'))
        return verdict.faults.some((fault) => fault.kind === 'locked' && fault.holder.test === run.test)
          ? [`tm watch ${test}  # shows the run that holds it`]
          : [];
      // A timeline that has begun has used its containers up: there is nothing to go on from.
      if (story.timeline !== undefined) return [logs([]), ...destroy];
      // Where nothing was made, an apply begins anew: nobody needs to be told how.
      return destroy.length === 0 ? [] : [`tm apply ${again}  # goes on from here, once that is mended`, ...destroy];
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

/** What begins with a dash would be read as an option. */
const asOperand = (path: string): string => (path.startsWith('-') ? `./${path}` : path);
