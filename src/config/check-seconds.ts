import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import { warning } from './faults.ts';
import { milliseconds } from './milliseconds.ts';
import type { Path } from './path.ts';

/** Warns of seconds that are finer than a millisecond. */
export function* checkSeconds(
  seconds: number | undefined,
  path: Path,
  { locate }: Pick<Context, 'locate'>,
): Generator<ConfigFault> {
  if (seconds === undefined) return;
  const ms = milliseconds(seconds);
  if (Math.abs(seconds * 1000 - ms) <= 1e-6 * Math.max(1, ms)) return;
  yield warning(locate(path), 'time-rounded', `times are kept to the millisecond, so this is ${ms / 1000} s`);
}
