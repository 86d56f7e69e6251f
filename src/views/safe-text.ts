/**
 * Text that strangers wrote, made fit for a terminal: a peer's log must not move the cursor, set the window's title
 * or turn the reading direction. Newlines stay, tabs become spaces.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SUSPECT = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const SUSPECTS = new RegExp(SUSPECT, 'g');

/** Whole escape sequences: CSI (colours, cursor), OSC and its kin (titles, links) up to their end, two-character ones. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;

/**
 * The text without what a terminal would obey. Escape sequences are dropped, as a terminal shows nothing for them
 * either, or `shown` (`\x1b[31m`), which loses nothing; any other control character is shown by its number.
 */
export function safeText(text: string, sequences: 'dropped' | 'shown' = 'dropped'): string {
  if (!SUSPECT.test(text)) return text;
  const bare = sequences === 'dropped' ? text.replace(SEQUENCES, '') : text;
  return bare.replace(/\r\n/g, '\n').replace(SUSPECTS, show);
}

/** The lines of such a text; a newline at its end begins no line. */
export function safeLines(text: string, sequences: 'dropped' | 'shown' = 'dropped'): readonly string[] {
  const lines = safeText(text, sequences).split('\n');
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}

/** Such a text on one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll('\n', '\\n');
}

function show(character: string): string {
  if (character === '\t') return '    ';
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
