/** The text functions that every view stands on: harmless, measured, cut, wrapped. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/views/display-width.ts';
import { cutEnd, cutMiddle, padEnd, padStart, wrapText } from '../../../src/views/fit-text.ts';
import { safeLine, safeLines, safeText } from '../../../src/views/safe-text.ts';
import { shortTime } from '../../../src/views/short-time.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
/** Text of the kinds that go wrong: escapes, wide and combining characters, spaces. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '[', ']', '31m', '\u009b', '\u0007', '\\', '\r', '\n', '\t', '\u202e', ' ', '  '),
    fc.constantFrom('界', 'é', 'e\u0301', '👍', '👩‍🚀', 'a', 'word', '…'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});
const lineOfText = anyText.map((text) => safeLine(text));

describe('safeText', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['cursor and screen', '\u001b[2J\u001b[10;5Hx', 'x'],
    ['a window title', '\u001b]0;owned\u0007x', 'x'],
    ['a link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['eight-bit sequences', '\u009b31mred', 'red'],
    ['a sequence that never ends', 'a\u001b]0;evil', 'a0;evil'],
    ['a lone escape', 'a\u001b', 'a\\x1b'],
    ['a bell', 'a\u0007', 'a\\x07'],
    ['a carriage return', '10%\r20%', '10%\\r20%'],
    ['Windows line ends', 'a\r\nb', 'a\nb'],
    ['a tab', 'a\tb', 'a    b'],
    ['reversed reading', 'a\u202eb', 'a\\u202eb'],
    ['line separators', 'a\u2028b', 'a\\u2028b'],
    ['nothing of the kind', 'grüße 界 👍 \\x1b', 'grüße 界 👍 \\x1b'],
  ])('%s', (_what, text, expected) => {
    expect(safeText(text)).toBe(expected);
  });

  test('shows sequences where nothing may be lost', () => {
    expect(safeText('\u001b[31mred', 'shown')).toBe('\\x1b[31mred');
  });

  test('leaves nothing that a terminal obeys, whatever comes', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('dropped', 'shown'), (text, how) => !OBEYED.test(safeText(text, how))),
    );
  });

  test('lines: a newline at the end begins none', () => {
    expect(safeLines('a\n\nb\n\n')).toEqual(['a', '', 'b']);
    expect(safeLines('')).toEqual(['']);
  });
});

describe('displayWidth', () => {
  test.each([
    ['plain', 5],
    ['', 0],
    ['界', 2],
    ['が', 2],
    ['한글', 4],
    ['e\u0301', 1],
    ['👍', 2],
    ['👩‍🚀', 2],
    ['❤️', 2],
    ['✔ ✖ ⚠ ▶', 7],
    ['\u200b', 0],
    ['𠀀', 2],
  ])('%s takes %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('a million characters do not exhaust the stack', () => {
    expect(displayWidth('a'.repeat(1_000_000))).toBe(1_000_000);
    expect(displayWidth(`e${'\u0301'.repeat(1_000_000)}`)).toBe(1);
  });
});

describe('fitting', () => {
  const widths = fc.integer({ min: 2, max: 30 });

  test('cut texts are never too wide, and whole where they fit', () => {
    fc.assert(
      fc.property(lineOfText, widths, (text, width) => {
        for (const cut of [cutEnd(text, width, '…'), cutMiddle(text, width, '…')]) {
          expect(displayWidth(cut)).toBeLessThanOrEqual(width);
          if (displayWidth(text) <= width) expect(cut).toBe(text);
        }
      }),
    );
  });

  test('the middle goes, both ends stay', () => {
    expect(cutMiddle('storage-node-eu-west-17', 11, '…')).toBe('stora…st-17');
    expect(cutMiddle('storage-node-eu-west-17', 11, '..')).toBe('stora..t-17');
    expect(cutEnd('storage-node', 6, '…')).toBe('stora…');
  });

  test('padding counts columns, not characters', () => {
    expect(padEnd('界', 4)).toBe('界  ');
    expect(padStart('界', 4)).toBe('  界');
    expect(padEnd('long', 2)).toBe('long');
  });

  test('wrapped lines are never too wide and lose nothing but spaces', () => {
    const bare = (text: string): string => text.replaceAll(' ', '');
    fc.assert(
      fc.property(lineOfText, widths, widths, (text, width, first) => {
        const lines = wrapText(text, width, first);
        for (const [i, line] of lines.entries()) {
          expect(displayWidth(line)).toBeLessThanOrEqual(i === 0 ? first : width);
        }
        expect(bare(lines.join(''))).toBe(bare(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('breaks at spaces, and keeps an indent', () => {
    expect(wrapText('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrapText('  at module (file.ts:1)', 14)).toEqual(['  at module', '  (file.ts:1)']);
    expect(wrapText('0123456789', 4)).toEqual(['0123', '4567', '89']);
    expect(wrapText(' 界界', 2)).toEqual(['', '界', '界']);
  });
});

test.each([
  [0.2, '<1 ms'],
  [0.6, '1 ms'],
  [812.4, '812 ms'],
  [999.7, '1 s'],
  [6900, '6.9 s'],
  [40_000, '40 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
])('shortTime(%d) is %s', (ms, text) => {
  expect(shortTime(ms)).toBe(text);
});
