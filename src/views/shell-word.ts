/** A word as it is typed in a POSIX shell; also in zsh, where a `=` at the beginning looks a command up. */
export const shellWord = (word: string): string =>
  /^[\p{L}\p{N}_./:@%+-][\p{L}\p{N}_./:@%+=-]*$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
