import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import { milliseconds } from './milliseconds.ts';
import type { Expect } from './test-config.generated.ts';
import type { WrittenDemand } from './written-demands.ts';

/** The window of an expectation must be one in which it can be met. That of a wait depends on others: `check-waits.ts`. */
export function* checkDemandWindow(written: WrittenDemand, context: Context): Generator<ConfigFault> {
  if (written.place === 'file') yield* windowOfFile(written, context);
  if (written.place === 'command') yield* windowOfCommand(written, context);
}

function* windowOfFile({ expect, path }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  const { from, by, hold } = timesOf(expect);
  if (by === undefined) return;
  const at = locate([...path, 'by']);
  if (from === undefined) {
    if (hold === undefined || hold <= by) return;
    const before = seconds(hold - by);
    const message = `to hold for ${seconds(hold)} by ${seconds(by)}, it must stand ${before} before the timeline starts`;
    yield warning(at, 'short-window', message, `write \`by: ${hold / 1000}\` or more, unless that is meant`);
  } else if (by < from) {
    const message = `the window ends at ${seconds(by)}, before it begins at ${seconds(from)}`;
    yield error(at, 'empty-window', message, `write \`by: ${(from + (hold ?? 5000)) / 1000}\`, say`);
  } else if (hold !== undefined && by < from + hold) {
    const message = `the window from ${seconds(from)} to ${seconds(by)} is too short to hold for ${seconds(hold)}`;
    yield error(at, 'empty-window', message, `write \`by: ${(from + hold) / 1000}\` or more`);
  } else if (by === from && isMoment(expect)) {
    const message = `the window has no length, and ${expect.log === undefined ? 'an exit' : 'a log line'} is a moment`;
    yield error(at, 'empty-window', message, `write \`by: ${(from + 5000) / 1000}\`, say`);
  }
}

function* windowOfCommand({ expect, path }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  const { within, hold } = timesOf(expect);
  if (within === undefined) return;
  const at = locate([...path, 'within']);
  if (hold !== undefined && within < hold) {
    const message = `a status cannot hold for ${seconds(hold)} within ${seconds(within)}`;
    yield error(at, 'empty-window', message, `write \`within: ${hold / 1000}\` or more`);
  } else if (within === 0 && (isMoment(expect) || expect.never !== true)) {
    yield error(at, 'empty-window', 'nothing can be seen in a window of no length', 'write `within: 5`, say');
  }
}

/** Milliseconds: seconds such as 0.1 and 0.2 do not add up. */
function timesOf(expect: Draft<Expect>): Partial<Record<'from' | 'by' | 'within' | 'hold', number | undefined>> {
  const ms = (value: number | undefined) => (value === undefined ? undefined : milliseconds(value));
  return { from: ms(expect.from), by: ms(expect.by), within: ms(expect.within), hold: ms(expect.for) };
}

const seconds = (ms: number): string => `${ms / 1000} s`;
const isMoment = ({ log, exit }: Draft<Expect>): boolean => log !== undefined || exit !== undefined;
