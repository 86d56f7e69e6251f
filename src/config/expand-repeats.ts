import type { ConfigFault } from '../model/fault.ts';
import { checkSeconds } from './check-seconds.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import type { Expanded } from './expand-replicas.ts';
import { error } from './faults.ts';
import { withOrigins } from './origins.ts';
import type { PeerIndex } from './peer-index.ts';
import type { Command, TestConfig } from './test-config.generated.ts';

/** The most commands that a timeline may have by writing `repeat`; without it there is no such limit. */
const MAX_COMMANDS = 100_000;

/**
 * Writes commands with `repeat` out, `until` included. The first sending keeps its place, so that what waits for the command waits for
 * that one; the others stand behind all commands of the file, and go to the peers behind those of the same time.
 */
export function* expandRepeats(
  draft: Draft<TestConfig>,
  { select }: PeerIndex,
  context: Context,
): Generator<ConfigFault, Expanded> {
  const written = draft.commands ?? [];
  if (!written.some((command) => command?.repeat !== undefined)) return { draft, context };
  const peersOf = (command: Draft<Command> | undefined): number => Math.max(1, select(command?.peer ?? '').length);
  const commands = [...written];
  const origins = [...written.keys()];
  let total = written.reduce((sum, command) => sum + peersOf(command), 0);
  for (const [index, command] of written.entries()) {
    const { time, repeat, id: _, ...rest } = command ?? {};
    const { every, until } = repeat ?? {};
    if (time === undefined || every === undefined || until === undefined) continue;
    const path = ['commands', index, 'repeat'];
    yield* checkSeconds(every, [...path, 'every'], context);
    yield* checkSeconds(until, [...path, 'until'], context);
    if (until < time) {
      const message = `\`until\` is ${until} s, before the first sending at ${time} s`;
      yield error(context.locate([...path, 'until']), 'bad-repeat', message, `write ${time + every} or more`);
      continue;
    }
    const more = repetitions(time, every, until);
    total += more * peersOf(command);
    if (total > MAX_COMMANDS) {
      const message = `with these there would be ${total} commands, and ${MAX_COMMANDS} is the most`;
      yield error(
        context.locate(path, 'key'),
        'too-many-commands',
        message,
        'repeat it less often, or not for so long',
      );
      return { draft, context };
    }
    for (let count = 1; count <= more; count++) {
      // Each from the beginning, so that no rounding adds up.
      commands.push({ ...rest, time: Math.round((time + count * every) * 1000) / 1000 });
      origins.push(index);
    }
  }
  return { draft: { ...draft, commands }, context: withOrigins(context, 'commands', origins) };
}

/** How often a command is sent again. Fractions such as 0.1 are not exact, so `until` counts as reached a thousandth of a millisecond early. */
function repetitions(time: number, every: number, until: number): number {
  return Math.floor((until - time) / every + 1e-6 / every);
}
