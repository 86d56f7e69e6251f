import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import { error, warning } from './faults.ts';
import type { Path } from './path.ts';
import { looksLikePattern, readPattern } from './read-pattern.ts';

/** A regular expression must be one; text that was probably meant to be one is warned of. */
export function* checkPattern(
  written: string | undefined,
  path: Path,
  { locate }: Pick<Context, 'locate'>,
): Generator<ConfigFault> {
  if (written === undefined) return;
  const pattern = readPattern(written);
  if (pattern.kind === 'malformed') {
    yield error(locate(path), 'bad-pattern', pattern.malformed, pattern.suggestion);
  } else if (looksLikePattern(written)) {
    const suggestion = 'a pattern ends in `/` and flags, and a `/` inside of it is written `\\/`';
    yield warning(locate(path), 'odd-pattern', 'this is looked for as it stands, not as a pattern', suggestion);
  }
}
