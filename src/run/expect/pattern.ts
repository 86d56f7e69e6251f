import type { Condition, Pattern } from '../../model/expectation.ts';
import { parseStatus } from '../../model/wire.ts';

/** Compiles what a status or a log line is to be like, once; an exit has no text. Throws where a regular expression is none. */
export function compileCondition(condition: Condition): (text: string) => boolean {
  switch (condition.kind) {
    case 'status':
      return compile(condition.status, (text) => (status) => status === text || parseStatus(status).word === text);
    case 'log':
      return compile(condition.log, (text) => (message) => message.includes(text));
    case 'exit':
      return () => false;
  }
}

function compile(pattern: Pattern, ofText: (text: string) => (seen: string) => boolean): (seen: string) => boolean {
  if (pattern.kind === 'text') return ofText(pattern.text);
  // `g` and `y` would remember where the last match ended.
  const regex = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (seen) => regex.test(seen);
}

/** A pattern as its file has it: `hello`, `/^conn/i`. */
export const patternText = (pattern: Pattern): string =>
  pattern.kind === 'text' ? pattern.text : `/${pattern.source}/${pattern.flags}`;
