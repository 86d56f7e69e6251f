/** When a command was due, sent and taken, as offsets from the account's zero. */
import type { CommandFacts } from '../run-model/run-facts.ts';
import type { Account } from './account.ts';

export interface CommandTimes {
  readonly dueMs?: number;
  readonly sentMs?: number;
  /** How much later than due it was sent; missing for what has no time. */
  readonly lateMs?: number;
  readonly takenMs?: number;
}

/** `fate` in one word, for tables and programs. */
export type CommandFate = 'taken' | 'untaken' | 'skipped' | 'unsent';

export function commandTimes(command: CommandFacts, { zeroMs }: Account): CommandTimes {
  const dueMs = command.dueMs ?? (command.waiting === undefined ? command.plannedMs : undefined);
  const sentMs = command.sentMs ?? (command.sentAtMs === undefined ? undefined : command.sentAtMs - zeroMs);
  return {
    ...(dueMs === undefined ? {} : { dueMs }),
    ...(sentMs === undefined ? {} : { sentMs }),
    ...(dueMs === undefined || sentMs === undefined ? {} : { lateMs: Math.max(0, rounded(sentMs - dueMs)) }),
    ...(sentMs === undefined || command.takenAfterMs === undefined ? {} : { takenMs: sentMs + command.takenAfterMs }),
  };
}

/** Where a command stands: where it was sent, else where it should have been. Milliseconds since the run began. */
export function commandPlace({ sentAtMs, plannedMs = 0, waiting }: CommandFacts, { zeroMs }: Account): number {
  return sentAtMs ?? zeroMs + (waiting?.untilMs ?? plannedMs);
}

/** What became of a command. */
export function commandFate({ skipped, sentAtMs, takenAfterMs }: CommandFacts): CommandFate {
  if (skipped !== undefined) return 'skipped';
  if (sentAtMs === undefined) return 'unsent';
  return takenAfterMs === undefined ? 'untaken' : 'taken';
}

/** Differences of offsets carry the dust of floating point. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
