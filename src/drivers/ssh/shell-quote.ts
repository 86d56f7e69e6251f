/** Arguments as one line for the shell that sshd hands a command to: the only place where anything is quoted. */
export const shellQuote = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
