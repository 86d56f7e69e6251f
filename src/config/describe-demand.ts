import { assertNever } from '../lib/assert-never.ts';
import type { Condition, Pattern } from '../model/expectation.ts';
import { subjectOf } from './selectors.ts';
import type { WrittenDemand } from './written-demands.ts';

/** The most peers of a list that are named. */
const MAX_NAMED = 5;
/** The most characters of a command that are shown behind `within`. */
const MAX_COMMAND = 40;

/** A demand as a person reads it, without its window's place in time: `3 of tag:gpu: status connected for 30 s`. One line. */
export function describeDemand(written: WrittenDemand, condition: Condition): string {
  const { count, never, for: hold, from, by, within } = written.expect;
  const who = subjectOf(written);
  const hidden = who.length - MAX_NAMED;
  const named = hidden > 1 ? [...who.slice(0, MAX_NAMED), `${hidden} more`] : who;
  return [
    `${count === undefined || never === true ? '' : `${count} of `}${named.join(', ')}:`,
    ...(never === true ? ['never'] : []),
    describeCondition(condition),
    ...(hold === undefined ? [] : [`for ${hold} s`]),
    ...(from === undefined ? [] : [`from ${from} s`]),
    ...(by === undefined ? [] : [`by ${by} s`]),
    ...(written.place === 'command' ? [sinceCommand(written, within)] : []),
  ].join(' ');
}

/** `within 5 s of "push|bob|hi" at 10 s`; where the command waits, nobody knows yet at what time. */
function sinceCommand(
  { command: { command = '', time } }: Extract<WrittenDemand, { place: 'command' | 'when' }>,
  within: number | undefined,
): string {
  const cut = command.length > MAX_COMMAND ? `${command.slice(0, MAX_COMMAND - 1)}…` : command;
  const at = time === undefined ? '' : ` at ${time} s`;
  return `${within === undefined ? 'after' : `within ${within} s of`} ${JSON.stringify(cut)}${at}`;
}

function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'status':
      return `status ${describePattern(condition.status, /^[^\s"]+$/)}`;
    case 'log':
      return `log ${describePattern(condition.log)}`;
    case 'exit':
      return `exit ${condition.code}`;
    default:
      return assertNever(condition);
  }
}

/** Text that needs no quotes, such as the word of a status, stands without them. */
function describePattern(pattern: Pattern, bare?: RegExp): string {
  if (pattern.kind === 'regex') return `/${pattern.source}/${pattern.flags}`;
  return bare?.test(pattern.text) ? pattern.text : JSON.stringify(pattern.text);
}
