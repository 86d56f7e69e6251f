/** What each peer was told, for its lane. */
import type { PeerName } from '../../../model/names.ts';
import type { CommandFacts } from '../../run-model/run-facts.ts';
import type { Account } from '../account.ts';
import { commandFate, commandPlace } from '../command-times.ts';

/** Marks of the whole chart; each is an element of the page. */
const MOST_MARKS = 15_000;
const LEAST_PER_LANE = 20;

export interface Messages {
  /** In the order of time. */
  readonly commands: ReadonlyMap<PeerName, readonly CommandFacts[]>;
  /** Those for which there was no room. */
  readonly hidden: number;
}

/** Commands and messages by peer. Where there are too many, those that went wrong and the first of the others. */
export function messagesByPeer(account: Account): Messages {
  const all = [...account.commands, ...account.facts.messages].filter((command) => isInRun(command, account));
  const lanes = new Map<PeerName, CommandFacts[]>();
  for (const command of all) {
    const lane = lanes.get(command.peer);
    if (lane === undefined) lanes.set(command.peer, [command]);
    else lane.push(command);
  }
  const most = Math.max(LEAST_PER_LANE, Math.floor(MOST_MARKS / Math.max(1, lanes.size)));
  let hidden = 0;
  const byTime = (a: CommandFacts, b: CommandFacts): number => commandPlace(a, account) - commandPlace(b, account);
  for (const [peer, lane] of lanes) {
    lane.sort(byTime);
    if (lane.length <= most) continue;
    hidden += lane.length - most;
    const wrong = (command: CommandFacts): number => (commandFate(command) === 'taken' ? 1 : 0);
    lanes.set(
      peer,
      [...lane]
        .sort((a, b) => wrong(a) - wrong(b))
        .slice(0, most)
        .sort(byTime),
    );
  }
  return { commands: lanes, hidden };
}

/** One that was not sent has a place only where the run came to its time. */
function isInRun(command: CommandFacts, account: Account): boolean {
  if (command.sentAtMs !== undefined) return true;
  return account.zeroIs === 'timeline' && commandPlace(command, account) <= account.facts.nowMs;
}
