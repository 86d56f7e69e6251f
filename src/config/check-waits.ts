import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import { milliseconds } from './milliseconds.ts';
import { readStart } from './read-start.ts';
import { idIndex, type Schedule, scheduleOf } from './schedule.ts';
import type { Command, TestConfig } from './test-config.generated.ts';
import { shown } from './wording.ts';
import { demandsOfCommand } from './written-demands.ts';

type Commands = readonly (Draft<Command> | undefined)[];

/** Ids are unique and `after` names one of them; commands do not wait in a circle, nor for what cannot happen in time. */
export function* checkWaits(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  const commands = draft.commands ?? [];
  yield* repeatedIds(commands, context);
  yield* unknownIds(commands, context);
  const schedule = scheduleOf(commands);
  yield* circles(commands, schedule, context);
  if (schedule.circles.length === 0) yield* hopeless(commands, schedule, context);
}

function* repeatedIds(commands: Commands, { locate }: Context): Generator<ConfigFault> {
  const ids = idIndex(commands);
  for (const [index, command] of commands.entries()) {
    const first = command?.id === undefined ? undefined : ids.get(command.id);
    if (first === undefined || first === index) continue;
    const message = `duplicate id ${shown(command?.id)}`;
    const suggestion = `the first is on line ${locate(['commands', first, 'id']).line}: give this one another`;
    yield error(locate(['commands', index, 'id']), 'duplicate-id', message, suggestion);
  }
}

/** Looking for the id that was meant costs time with thousands of them, and after some dozen faults the mistake is another one. */
const MAX_SUGGESTIONS = 40;

function* unknownIds(commands: Commands, { locate }: Context): Generator<ConfigFault> {
  const ids = idIndex(commands);
  // An id that cannot be read may be the one that is meant.
  if (commands.some((command) => command === undefined || ('id' in command && command.id === undefined))) return;
  let told = 0;
  for (const [index, command] of commands.entries()) {
    const start = command && readStart(command);
    if (start?.kind !== 'after' || start.id === undefined || ids.has(start.id)) continue;
    const meant = told < MAX_SUGGESTIONS ? closest(start.id, ids.keys()) : undefined;
    told += 1;
    const known = [...ids.keys()].slice(0, 8).join(', ');
    const suggestion =
      meant !== undefined
        ? `did you mean "${meant}"?`
        : known === ''
          ? `give the command that is meant an \`id: ${start.id}\``
          : `there are ${known}`;
    const message = `no command has the id ${shown(start.id)}`;
    yield error(locate(['commands', index, 'after']), 'unknown-id', message, suggestion);
  }
}

/** The most commands of a circle that are named. */
const MAX_NAMED = 6;

function* circles(commands: Commands, schedule: Schedule, { locate }: Context): Generator<ConfigFault> {
  for (const circle of schedule.circles) {
    // Only an `after` with an id can lead forward, so there is one in every circle.
    const at = circle.find((index) => {
      const start = commands[index] && readStart(commands[index]);
      return start?.kind === 'after' && start.id !== undefined;
    });
    if (at === undefined) continue;
    const from = circle.indexOf(at);
    const round = [...circle.slice(from), ...circle.slice(0, from)];
    const name = (index: number): string => {
      const { id, command } = commands[index] ?? {};
      return `${shown(id ?? command ?? '')} (line ${locate(['commands', index]).line})`;
    };
    const way = round.slice(1, MAX_NAMED).map(name);
    if (round.length > MAX_NAMED) way.push(`${round.length - MAX_NAMED} more`);
    const message =
      way.length === 0
        ? 'this command waits for itself'
        : `commands wait in a circle: this one waits for ${way.join(', that for ')}, and that for this one`;
    const which = way.length === 0 ? 'it' : 'one of them';
    const suggestion = `give ${which} a \`time\`, or let ${which} wait for a command that comes before`;
    yield error(locate(['commands', at, 'after']), 'circular-wait', message, suggestion);
  }
}

/** Demands that take longer than they are waited for, whenever the command before is sent. */
function* hopeless(commands: Commands, schedule: Schedule, { locate }: Context): Generator<ConfigFault> {
  for (const [index, command] of commands.entries()) {
    if (command?.when === undefined || command.within === undefined || command.time !== undefined) continue;
    const since = schedule.behind[index];
    const sinceMs = since === undefined ? 0 : (schedule.latestMs[since] ?? 0);
    const withinMs = milliseconds(command.within);
    for (const { place, expect, path } of demandsOfCommand(command, index)) {
      if (place !== 'when') continue;
      const holdMs = milliseconds(expect.for ?? 0);
      const fromMs = expect.from === undefined ? undefined : milliseconds(expect.from);
      const at = fromMs === undefined ? ([...path, 'for'] as const) : ([...path, 'from'] as const);
      if (fromMs === undefined && holdMs > withinMs) {
        const message = `a status cannot hold for ${holdMs / 1000} s while it is waited for ${withinMs / 1000} s`;
        yield error(locate(at), 'hopeless-wait', message, `write \`within: ${holdMs / 1000}\` or more beside \`when\``);
      } else if (fromMs !== undefined && fromMs + holdMs > sinceMs + withinMs) {
        const end = `the wait is over at ${(sinceMs + withinMs) / 1000} s at the latest`;
        const needs = holdMs === 0 ? 'what happens from' : `what holds for ${holdMs / 1000} s from`;
        const message = `${end}, and this waits for ${needs} ${fromMs / 1000} s on`;
        yield error(locate(at), 'hopeless-wait', message, 'let `within` last longer, or `from` begin earlier');
      } else if (withinMs === 0 && fromMs === undefined && (expect.log !== undefined || expect.exit !== undefined)) {
        const what = expect.log === undefined ? 'an exit' : 'a log line';
        const message = `${what} is a moment, and it is waited for 0 s`;
        yield error(locate(['commands', index, 'within']), 'hopeless-wait', message, 'write `within: 10`, say');
      }
    }
  }
}
