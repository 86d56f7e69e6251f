/** What a terminal sends in raw mode, as the keys that were pressed. */

/** A key that the screen knows: one with a name, or a character. */
export type Key =
  | { readonly kind: 'named'; readonly name: NamedKey }
  | { readonly kind: 'text'; readonly text: string };

export type NamedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'tab'
  | 'back-tab'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'interrupt'
  | 'redraw'
  | 'clear-line';

const CONTROL: Readonly<Record<string, NamedKey>> = {
  '\u0003': 'interrupt',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\u001b': 'escape',
  '\u0008': 'backspace',
  '\u007f': 'backspace',
  '\u000c': 'redraw',
  '\u0015': 'clear-line',
};

/** By what follows `ESC [` or `ESC O`: xterm's, the Linux console's and rxvt's ways. */
const SEQUENCES: Readonly<Record<string, NamedKey>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'back-tab',
  '1~': 'home',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
};

/** A whole sequence, the beginning of one that may go on, or one character. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal sends
  /\u001b(?:\[(?<csi>[0-?]*[ -/]*[@-~])|O(?<ss3>[ -~]))|(?<open>\u001b(?:\[[0-?]*[ -/]*|O))$|[\s\S]/gu;

/** Longer beginnings of a sequence are thrown away: no key has one. */
const LONGEST_OPEN = 32;

/**
 * The keys in a piece of input. `rest` is the beginning of a sequence whose end has not come yet: it belongs before the next piece. An
 * escape at the very end is the key, since terminals send a sequence in one go.
 */
export function parseKeys(input: string): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = [];
  for (const { 0: token, groups } of input.matchAll(TOKEN)) {
    const { csi, ss3, open } = groups ?? {};
    if (open !== undefined) return { keys, rest: open.length > LONGEST_OPEN ? '' : open };
    const sequence = csi ?? ss3;
    if (sequence !== undefined) {
      // With shift, control or alt a key is the same key: `1;5A` is the up key too.
      const name = SEQUENCES[sequence.replace(/^1?;\d+(?=[A-Z]$)|(?<=^\d);\d+(?=~$)/, '')];
      if (name !== undefined) keys.push({ kind: 'named', name });
      continue;
    }
    const name = CONTROL[token];
    if (name !== undefined) keys.push({ kind: 'named', name });
    else if (!/\p{Cc}/u.test(token)) keys.push({ kind: 'text', text: token });
  }
  return { keys, rest: '' };
}
