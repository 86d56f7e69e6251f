import type { Pattern } from '../model/expectation.ts';

/** `/source/flags` as JavaScript writes it: a `/` inside stands behind a backslash or in brackets. */
const REGEX = /^\/((?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+)\/([A-Za-z]*)$/;
/** `g` and `y` would make a pattern remember where it was, and `d` tells of places that nobody asks for. */
const FLAGS = 'imsuv';

/** Text to look for, or a regular expression between slashes; gives what is wrong with the latter as a sentence. */
export function readPattern(
  written: string,
): Pattern | { readonly kind: 'malformed'; readonly malformed: string; readonly suggestion: string } {
  const [, source, flags = ''] = REGEX.exec(written) ?? [];
  if (source === undefined) return { kind: 'text', text: written };
  const unknown = [...flags].find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined) {
    const suggestion = `flags are i, m, s, u and v; to find this very text, write ${asRegex(written)}`;
    return { kind: 'malformed', malformed: `${JSON.stringify(unknown)} is no flag of a pattern`, suggestion };
  }
  try {
    new RegExp(source, flags);
    return { kind: 'regex', source, flags };
  } catch (error) {
    const malformed = `the pattern cannot be read: ${complaint(error)}`;
    return { kind: 'malformed', malformed, suggestion: `to find this very text, write ${asRegex(written)}` };
  }
}

/** A text that begins like a pattern and has signs of one, though it is none: to be warned of, since it is looked for as it stands. */
export const looksLikePattern = (written: string): boolean => /^\/.*[|*[(^\\]/.test(written) && !REGEX.test(written);

/** The engine's sentence without what it repeats of the pattern: `Invalid regular expression: /(/: Unterminated group`. */
function complaint(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const words = /^Invalid flags/.test(message) ? 'its flags repeat or exclude each other' : message.split(': ').at(-1);
  return `${words?.charAt(0).toLowerCase()}${words?.slice(1)}`;
}

/** A pattern that finds a text which itself looks like one. */
const asRegex = (text: string): string => `/${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/`;
