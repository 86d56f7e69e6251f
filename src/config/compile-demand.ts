import type { Condition, Demand, Pattern } from '../model/expectation.ts';
import { describeDemand } from './describe-demand.ts';
import { milliseconds } from './milliseconds.ts';
import type { PeerIndex } from './peer-index.ts';
import { readPattern } from './read-pattern.ts';
import { subjectOf } from './selectors.ts';
import type { WrittenDemand } from './written-demands.ts';

/** What an expectation asks of whom, and how a person reads that; its window is for others to add. */
export interface CompiledDemand {
  readonly demand: Demand;
  readonly never: boolean;
  readonly text: string;
}

/** A demand with its selectors and patterns resolved; undefined for one that an error was told of. */
export function compileDemand(written: WrittenDemand, peers: PeerIndex): CompiledDemand | undefined {
  const { expect } = written;
  const condition = conditionOf(written);
  const meant = peers.selectAll(subjectOf(written));
  if (condition === undefined || meant.length === 0) return undefined;
  const never = expect.never ?? false;
  const demand: Demand = {
    peers: meant,
    count: never ? 1 : (expect.count ?? meant.length),
    condition,
    ...(expect.for === undefined ? {} : { forMs: milliseconds(expect.for) }),
  };
  return { demand, never, text: describeDemand(written, condition) };
}

function conditionOf({ expect: { status, log, exit } }: WrittenDemand): Condition | undefined {
  if (status !== undefined) {
    const pattern = patternOf(status);
    return pattern && { kind: 'status', status: pattern };
  }
  if (log !== undefined) {
    const pattern = patternOf(log);
    return pattern && { kind: 'log', log: pattern };
  }
  return exit === undefined ? undefined : { kind: 'exit', code: exit };
}

function patternOf(written: string): Pattern | undefined {
  const pattern = readPattern(written);
  return pattern.kind === 'malformed' ? undefined : pattern;
}
