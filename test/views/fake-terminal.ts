import { Chalk, type ColorSupportLevel } from 'chalk';
import type { Output } from '../../src/views/output.ts';

/** An output that remembers what was written, and what a person would see of it. */
export interface FakeTerminal extends Output {
  /** All that was written, escape sequences included. */
  raw(): string;
  /** The lines on the screen and in its scrollback, after every cursor movement and erasure; no colours. */
  screen(): string;
}

export interface FakeTerminalOptions {
  readonly width?: number;
  readonly isTTY?: boolean;
  readonly colors?: ColorSupportLevel;
}

/** A terminal of unlimited height; `isTTY: false` makes it a pipe. */
export function fakeTerminal({ width = 80, isTTY = true, colors = 0 }: FakeTerminalOptions = {}): FakeTerminal {
  const written: string[] = [];
  return {
    write: (text) => void written.push(text),
    width: () => width,
    height: () => 1000,
    isTTY,
    color: new Chalk({ level: colors }),
    raw: () => written.join(''),
    screen: () => visible(written.join('')),
  };
}

/** What escape sequences of drawn lists leave on a screen: cursor up, to the left edge, erase line; colours are dropped. */
function visible(text: string): string {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is a terminal
  for (const [token] of text.matchAll(/\u001b\[[0-?]*[ -/]*[@-~]|[\s\S]/gu)) {
    if (token === '\n') {
      row += 1;
      column = 0;
      rows[row] ??= [];
    } else if (token.startsWith('\u001b[')) {
      const count = Number(/\d+/.exec(token)?.[0] ?? 1);
      if (token.endsWith('A')) row = Math.max(0, row - count);
      else if (token.endsWith('G')) column = 0;
      else if (token.endsWith('K')) rows[row] = [];
      else if (!/[mhl]$/.test(token)) throw new Error(`this terminal does not know ${JSON.stringify(token)}`);
    } else {
      const cells = rows[row] ?? [];
      while (cells.length < column) cells.push(' ');
      cells[column] = token;
      column += 1;
      rows[row] = cells;
    }
  }
  return rows
    .map((cells) => cells.join('').trimEnd())
    .join('\n')
    .trimEnd();
}
