import type { Draft } from './draft.ts';
import { milliseconds } from './milliseconds.ts';
import { readStart, type Start } from './read-start.ts';
import type { Command } from './test-config.generated.ts';
import { demandsOfCommand } from './written-demands.ts';

/** Commands are meant by their index in the file, offsets are milliseconds from the start of the timeline. */
export interface Schedule {
  /** The command that each one waits for, where it waits for one. */
  readonly behind: readonly (number | undefined)[];
  /** When each is sent at the earliest. */
  readonly earliestMs: readonly number[];
  /** When each is sent at the latest, if it is sent at all. */
  readonly latestMs: readonly number[];
  /** By the earliest offset, then by the order of the file, each behind the one that it waits for. */
  readonly order: readonly number[];
  /** Commands that wait for each other, in the order in which they do; the rest of the schedule means nothing then. */
  readonly circles: readonly (readonly number[])[];
}

type Commands = readonly (Draft<Command> | undefined)[];

/** What of the order and the time of commands is known before a run. One pass for each question, whatever waits for whatever. */
export function scheduleOf(commands: Commands): Schedule {
  const starts = commands.map((command) => command && readStart(command));
  const behind = predecessors(commands, starts);
  const { ordered, circles } = dependencyOrder(behind);
  const earliestMs = commands.map(() => 0);
  const latestMs = commands.map(() => 0);
  for (const index of ordered) {
    const since = behind[index];
    const command = commands[index];
    const start = starts[index];
    const earliest = since === undefined ? 0 : (earliestMs[since] ?? 0);
    const latest = since === undefined ? 0 : (latestMs[since] ?? 0);
    if (command === undefined || start === undefined) continue;
    earliestMs[index] = start.kind === 'when' ? metAtMs(command, index, earliest) : earliest + delayOf(start);
    latestMs[index] = start.kind === 'when' ? latest + start.withinMs : latest + delayOf(start);
  }
  return { behind, earliestMs, latestMs, order: inOrder(behind, earliestMs), circles };
}

/** The index of each id; of a repeated one, which is a fault, the first. */
export function idIndex(commands: Commands): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const [index, command] of commands.entries())
    if (command?.id !== undefined && !ids.has(command.id)) ids.set(command.id, index);
  return ids;
}

function predecessors(commands: Commands, starts: readonly (Start | undefined)[]): readonly (number | undefined)[] {
  const ids = idIndex(commands);
  return starts.map((start, index) => {
    if (start === undefined || start.kind === 'time') return undefined;
    if (start.kind === 'after' && start.id !== undefined) return ids.get(start.id);
    return index === 0 ? undefined : index - 1;
  });
}

const delayOf = (start: Exclude<Start, { kind: 'when' }>): number =>
  start.kind === 'time' ? start.atMs : start.delayMs;

/** When what a command waits for, from `since` on, can have happened at the earliest. */
function metAtMs(command: Draft<Command>, index: number, since: number): number {
  let met = since;
  for (const { place, expect } of demandsOfCommand(command, index)) {
    if (place !== 'when') continue;
    const from = expect.from === undefined ? since : milliseconds(expect.from);
    met = Math.max(met, from + milliseconds(expect.for ?? 0));
  }
  return met;
}

/** Every command behind the one it waits for, but those that wait in a circle, and those behind them. Each waits for one at most. */
function dependencyOrder(behind: readonly (number | undefined)[]): {
  readonly ordered: readonly number[];
  readonly circles: readonly (readonly number[])[];
} {
  const ordered: number[] = [];
  const circles: number[][] = [];
  const state: ('under way' | 'done' | undefined)[] = behind.map(() => undefined);
  for (const first of behind.keys()) {
    const way: number[] = [];
    let at: number | undefined = first;
    for (; at !== undefined && state[at] === undefined; at = behind[at]) {
      state[at] = 'under way';
      way.push(at);
    }
    if (at !== undefined && state[at] === 'under way') circles.push(way.slice(way.indexOf(at)));
    for (const index of way.reverse()) {
      state[index] = 'done';
      ordered.push(index);
    }
  }
  return { ordered, circles };
}

/** Nothing is earlier than what it waits for, so only of those with one offset some have to be drawn forward. */
function inOrder(behind: readonly (number | undefined)[], earliestMs: readonly number[]): readonly number[] {
  const order: number[] = [];
  const placed = new Set<number>();
  const byTime = [...behind.keys()].sort((a, b) => (earliestMs[a] ?? 0) - (earliestMs[b] ?? 0) || a - b);
  for (const index of byTime) {
    const chain: number[] = [];
    for (let at: number | undefined = index; at !== undefined && !placed.has(at); at = behind[at]) {
      placed.add(at);
      chain.push(at);
    }
    order.push(...chain.reverse());
  }
  return order;
}
