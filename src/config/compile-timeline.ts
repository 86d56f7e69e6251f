import type { CommandWait, Expectation, ExpectationWindow, WaitDemand } from '../model/expectation.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { CommandSpec, Spec } from '../model/spec.ts';
import { compileDemand } from './compile-demand.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import { milliseconds } from './milliseconds.ts';
import type { PeerIndex } from './peer-index.ts';
import { readStart } from './read-start.ts';
import { scheduleOf } from './schedule.ts';
import type { Command, TestConfig } from './test-config.generated.ts';
import { demandsOfCommand, type WrittenDemand, writtenDemands } from './written-demands.ts';

/** More than this is a `*` too many: every command is kept in memory, sent and journalled. */
const MAX_COMMANDS = 1_000_000;

/** Where the commands that one command of the file became stand in the timeline. */
interface Placed {
  readonly first: number;
  readonly last: number;
}

/** The commands of a test, one for each peer that they are meant for, in the order of the timeline; and what is expected of the run. */
export function* compileTimeline(
  draft: Draft<TestConfig>,
  peers: PeerIndex,
  { locate }: Context,
): Generator<ConfigFault, Pick<Spec, 'commands' | 'expectations'>> {
  const written = draft.commands ?? [];
  const schedule = scheduleOf(written);
  const commands: CommandSpec[] = [];
  const placed = new Map<number, Placed>();
  for (const index of schedule.order) {
    const command = written[index];
    const path = ['commands', index];
    if (command?.command === undefined || command.peer === undefined) continue;
    const meant = peers.select(command.peer);
    const first = commands.length;
    if (first + meant.length > MAX_COMMANDS) {
      const message = `with this one there are over ${MAX_COMMANDS} commands`;
      yield error(locate([...path, 'peer']), 'too-many-commands', message, 'send it to fewer peers');
      break;
    }
    const since = schedule.behind[index];
    const waits = waitOf(command, index, since === undefined ? undefined : placed.get(since)?.last, peers);
    const rest = {
      atMs: schedule.earliestMs[index] ?? 0,
      ...(waits === undefined ? {} : { waits }),
      ...(command.id === undefined ? {} : { id: command.id }),
      command: command.command,
      line: locate(path).line,
    };
    for (const peer of meant) commands.push({ ...rest, peer });
    placed.set(index, { first, last: commands.length - 1 });
  }
  return { commands, expectations: expectationsOf(draft, schedule.order, placed, peers, { locate }) };
}

/** What a command waits for; `since` is the last command that the one before it became. Without that, it counts from the start. */
function waitOf(
  command: Draft<Command>,
  index: number,
  since: number | undefined,
  peers: PeerIndex,
): CommandWait | undefined {
  const start = readStart(command);
  switch (start?.kind) {
    case 'after':
      return since === undefined ? undefined : { kind: 'after', command: since, delayMs: start.delayMs };
    case 'when': {
      const all = [...demandsOfCommand(command, index)].flatMap((written) => waitDemandOf(written, peers));
      return { kind: 'when', ...(since === undefined ? {} : { since }), all, withinMs: start.withinMs };
    }
    default:
      return undefined;
  }
}

function waitDemandOf(written: WrittenDemand, peers: PeerIndex): readonly WaitDemand[] {
  const compiled = written.place === 'when' ? compileDemand(written, peers) : undefined;
  if (compiled === undefined) return [];
  const { from } = written.expect;
  return [{ ...compiled.demand, ...(from === undefined ? {} : { fromMs: milliseconds(from) }), text: compiled.text }];
}

/** Those of the file, then those of its commands in the order of the timeline, numbered. */
function expectationsOf(
  draft: Draft<TestConfig>,
  order: readonly number[],
  placed: ReadonlyMap<number, Placed>,
  peers: PeerIndex,
  { locate }: Pick<Context, 'locate'>,
): readonly Expectation[] {
  const expectations: Expectation[] = [];
  const add = (written: WrittenDemand, window: ExpectationWindow): void => {
    const compiled = compileDemand(written, peers);
    if (compiled === undefined) return;
    const { demand, never, text } = compiled;
    const { line } = locate(written.path);
    expectations.push({ ...demand, id: expectations.length, text, line, never, window });
  };
  for (const written of writtenDemands({ expect: draft.expect })) {
    const { from, by } = written.expect;
    add(written, {
      kind: 'timeline',
      ...(from === undefined ? {} : { fromMs: milliseconds(from) }),
      ...(by === undefined ? {} : { byMs: milliseconds(by) }),
    });
  }
  for (const index of order) {
    const command = draft.commands?.[index];
    // The first of them: an answer that comes while the others are still being sent counts.
    const sent = placed.get(index)?.first;
    if (command === undefined || sent === undefined) continue;
    for (const written of demandsOfCommand(command, index)) {
      if (written.place !== 'command') continue;
      const { within } = written.expect;
      const length = within === undefined ? {} : { withinMs: milliseconds(within) };
      add(written, { kind: 'command', command: sent, ...length });
    }
  }
  return expectations;
}
