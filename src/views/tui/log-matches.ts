import { LOG_LEVELS } from '../../model/wire.ts';
import type { LogFact, RunFacts } from '../run-model/run-facts.ts';
import type { LogFilter } from './tui-state.ts';

/** The log lines that pass a filter, by their position among all that ever did; older ones are forgotten with the log's own. */
export interface LogMatches {
  readonly first: number;
  /** Behind the newest. */
  readonly end: number;
  at(position: number): LogFact | undefined;
}

/** Keeps the matches of one log: each line is looked at once, whatever comes in, and all again only when the filter changes. */
export function createLogMatcher(): (facts: RunFacts, filter: LogFilter) => LogMatches {
  let run: RunFacts['run'];
  let asked: LogFilter | undefined;
  let accepts: (line: LogFact) => boolean = () => true;
  let matches: LogFact[] = [];
  let forgotten = 0;
  /** Position in the whole log of the first line not looked at. */
  let next = 0;

  return (facts, filter) => {
    if (facts.run !== run || asked === undefined || !same(asked, filter)) {
      run = facts.run;
      asked = filter;
      accepts = acceptorOf(filter);
      matches = [];
      forgotten = 0;
      next = 0;
    }
    const { logs, forgottenLogs } = facts;
    for (let at = Math.max(0, next - forgottenLogs); at < logs.length; at++) {
      const line = logs[at];
      if (line !== undefined && accepts(line)) matches.push(line);
    }
    next = forgottenLogs + logs.length;
    const oldest = logs[0]?.seq ?? 0;
    const kept = matches.findIndex((line) => line.seq >= oldest);
    const gone = kept < 0 ? matches.length : kept;
    if (gone > 0) {
      matches.splice(0, gone);
      forgotten += gone;
    }
    return { first: forgotten, end: forgotten + matches.length, at: (position) => matches[position - forgotten] };
  };
}

const same = (one: LogFilter, other: LogFilter): boolean =>
  one.level === other.level && one.peer === other.peer && one.text === other.text && one.peers === other.peers;

function acceptorOf({ level, peer, text, peers }: LogFilter): (line: LogFact) => boolean {
  const levels = new Set<string>(LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1));
  const chosen = peers.length === 0 ? undefined : new Set<string>(peers);
  const pattern = text === '' ? undefined : new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
  return (line) =>
    levels.has(line.level) &&
    (peer === '' || line.peer === peer) &&
    (chosen === undefined || chosen.has(line.peer)) &&
    (pattern === undefined || pattern.test(line.message));
}
