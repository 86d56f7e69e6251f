import type { ConfigFault } from '../model/fault.ts';
import { checkSeconds } from './check-seconds.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import type { Path } from './path.ts';
import { splitAfter } from './read-start.ts';
import { isSpoilt } from './spoilt.ts';
import type { Command, TestConfig } from './test-config.generated.ts';

const STARTS = ['time', 'after', 'when'] as const;

/** Each command starts by one of `time`, `after` and `when`; `within` goes with `when`, and `repeat` with `time`. */
export function* checkStarts(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  for (const [index, command] of (draft.commands ?? []).entries()) {
    if (command !== undefined) yield* checkStart(command, ['commands', index], context);
  }
}

function* checkStart(command: Draft<Command>, path: Path, context: Context): Generator<ConfigFault> {
  const { locate } = context;
  const [first, ...more] = STARTS.filter((key) => command[key] !== undefined);
  if (first === undefined && !isSpoilt(command)) {
    const suggestion = 'add `time: 10`, say, or `after: +3`, or a `when` with its `within`';
    yield error(locate(path), 'missing-key', 'missing key "time" in a command', suggestion);
  }
  for (const key of more) {
    const message = `\`${key}\` stands beside \`${first}\`, and a command is sent by one of them`;
    yield error(locate([...path, key], 'key'), 'conflicting-keys', message, 'remove one');
  }
  yield* checkWithin(command, path, context);
  if (command.repeat !== undefined && command.time === undefined && first !== undefined) {
    const message = `\`repeat\` goes with \`time\`, and this command is sent by \`${first}\``;
    yield error(locate([...path, 'repeat'], 'key'), 'conflicting-keys', message, 'remove it');
  }
  const { time, after, within } = command;
  yield* checkSeconds(time, [...path, 'time'], context);
  yield* checkSeconds(within, [...path, 'within'], context);
  yield* checkSeconds(typeof after === 'string' ? splitAfter(after).seconds : after, [...path, 'after'], context);
}

function* checkWithin(command: Draft<Command>, path: Path, { locate }: Context): Generator<ConfigFault> {
  const { when, within, expect } = command;
  if (isSpoilt(command)) return;
  if (when !== undefined && within === undefined) {
    const message = '`when` needs a `within`: for how long it is waited for';
    yield error(locate([...path, 'when'], 'key'), 'missing-key', message, 'add `within: 10`, say');
  }
  if (when === undefined && within !== undefined) {
    const suggestion = expect === undefined ? 'remove it' : 'move it into `expect`, if it bounds that';
    yield error(
      locate([...path, 'within'], 'key'),
      'misplaced-key',
      '`within` bounds a `when`, and there is none',
      suggestion,
    );
  }
}
