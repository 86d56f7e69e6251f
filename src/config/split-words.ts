/**
 * Splits a command line into words as a POSIX shell does with quotes and backslashes, and does nothing else that a shell does: no
 * variables, no globs, no pipes. Gives what is wrong as a sentence.
 */
export function splitWords(line: string): readonly string[] | { readonly malformed: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (quote === '"' && character === '\\' && /["\\$`]/.test(line.charAt(i + 1))) word += line.charAt(++i);
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (i + 1 === line.length) return { malformed: 'the command ends in a backslash' };
      word = (word ?? '') + line.charAt(++i);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return { malformed: `a closing ${quote} is missing in the command` };
  if (word !== undefined) words.push(word);
  return words.length === 0 ? { malformed: 'the command is empty' } : words;
}
