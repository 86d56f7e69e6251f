import type { ChalkInstance, ColorSupportLevel } from 'chalk';
import { Chalk } from 'chalk';
import type { Output } from '../../views/output.ts';

/** One of this process's streams as a view writes to it: what it can show is decided here, once. */
export function outputOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Output {
  return {
    write: (text) => void stream.write(text),
    width: () => stream.columns || 80,
    height: () => stream.rows || 24,
    isTTY: stream.isTTY === true,
    color: colorOf(stream, environment),
  };
}

/** Colour for a stream: `NO_COLOR` and `FORCE_COLOR` decide (force-color.org), else whether it is a terminal. */
function colorOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): ChalkInstance {
  return new Chalk({ level: levelOf(stream, environment) });
}

function levelOf(stream: NodeJS.WriteStream, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): ColorSupportLevel {
  if (FORCE_COLOR !== undefined) {
    if (FORCE_COLOR === '0' || FORCE_COLOR === 'false') return 0;
    return FORCE_COLOR === '2' || FORCE_COLOR === '3' ? (Number(FORCE_COLOR) as 2 | 3) : 1;
  }
  if ((NO_COLOR ?? '') !== '' || !stream.isTTY || TERM === 'dumb') return 0;
  const depth = stream.getColorDepth?.() ?? 1;
  return depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0;
}

/** Whether the terminal's locale can show more than ASCII. */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  if (TERM === 'linux') return false;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  // Nothing set is common in containers and CI, whose logs are UTF-8; an explicit C or POSIX is taken at its word.
  return locale === '' || /utf-?8/i.test(locale);
}
