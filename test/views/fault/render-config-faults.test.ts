import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigFault } from '../../../src/model/fault.ts';
import { displayWidth } from '../../../src/views/display-width.ts';
import { jsonConfigFaults } from '../../../src/views/fault/json-config-faults.ts';
import { renderConfigFaults } from '../../../src/views/fault/render-config-faults.ts';

const plain = { color: new Chalk({ level: 0 }) };

function fault(source: string, marked: string, more: Partial<ConfigFault> = {}): ConfigFault {
  const column = source.indexOf(marked) + 1;
  return {
    severity: 'error',
    code: 'c',
    message: 'm',
    file: 't.yaml',
    line: 7,
    column,
    length: marked.length,
    source,
    ...more,
  };
}

/** The source line and the caret line of one rendered fault. */
function drawn(one: ConfigFault, width?: number): readonly string[] {
  return renderConfigFaults([one], { ...plain, ...(width === undefined ? {} : { width }) })
    .split('\n')
    .slice(1, 3);
}

describe('located faults', () => {
  it('show where, the line, a caret, what to try, and how many there are', () => {
    const faults = [
      fault('    bootstrap: [chalie, bob]', 'chalie', {
        file: 'smoke.yaml',
        line: 31,
        message: 'unknown peer "chalie" in bootstrap',
        suggestion: 'did you mean "charlie"?',
      }),
      fault('  - { tiem: 10, peer: alice }', 'tiem', {
        line: 44,
        message: 'unknown key "tiem" in a command',
        file: 'smoke.yaml',
      }),
    ];
    expect(renderConfigFaults(faults, plain)).toMatchInlineSnapshot(`
      "smoke.yaml:31:17 unknown peer "chalie" in bootstrap
         31 │     bootstrap: [chalie, bob]
            │                 ^^^^^^ did you mean "charlie"?
      smoke.yaml:44:7 unknown key "tiem" in a command
         44 │   - { tiem: 10, peer: alice }
            │       ^^^^
      2 faults, nothing was touched"
    `);
  });

  it('are counted by kind, and warnings alone do not say that nothing was touched', () => {
    const warning = fault('a: b', 'b', { severity: 'warning' });
    expect(renderConfigFaults([], plain)).toBe('');
    expect(renderConfigFaults([warning], plain).split('\n')).toEqual([
      't.yaml:7:4 warning: m',
      '    7 │ a: b',
      '      │    ^',
      '1 warning',
    ]);
    expect(renderConfigFaults([fault('a', 'a'), warning, warning], plain)).toMatch(
      /\n1 fault and 2 warnings, nothing was touched$/,
    );
  });

  it('are cut off after a hundred, and the rest is counted', () => {
    const text = renderConfigFaults(
      Array.from({ length: 250 }, () => fault('a', 'a')),
      plain,
    );
    expect(text.split('\n')).toHaveLength(302);
    expect(text).toMatch(/\n… and 150 more\n250 faults, nothing was touched$/);
  });

  it('are coloured by severity only where there are colours', () => {
    const colored = { color: new Chalk({ level: 1 }) };
    const text = renderConfigFaults([fault('a: b', 'b'), fault('a: b', 'b', { severity: 'warning' })], colored);
    expect(text).toContain('\u001b[31m^\u001b[39m');
    expect(text).toContain('\u001b[33m^\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken out
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(
      renderConfigFaults([fault('a: b', 'b'), fault('a: b', 'b', { severity: 'warning' })], plain),
    );
  });

  it('keep to ASCII where that is asked', () => {
    const text = renderConfigFaults([fault(`${'x'.repeat(200)}y`, 'y')], { ...plain, unicode: false, width: 40 });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe('the caret', () => {
  it.each([
    ['tabs', 'a:\tb\tcd', 'cd', ['    7 │ a:    b    cd', '      │            ^^']],
    ['wide characters', 'a: 漢字 b', 'b', ['    7 │ a: 漢字 b', '      │         ^']],
    ['under wide characters', 'a: 漢字 b', '漢字', ['    7 │ a: 漢字 b', '      │    ^^^^']],
    ['emoji of several code points', 'a: 👩‍👩‍👧 b', 'b', ['    7 │ a: 👩‍👩‍👧 b', '      │       ^']],
    ['accents that combine', 'a: e\u0301 b', 'b', ['    7 │ a: e\u0301 b', '      │      ^']],
    ['control characters', 'a\u001b[31m: b', 'b', ['    7 │ a\\x1b[31m: b', '      │            ^']],
  ])('stands right after %s', (_, source, marked, expected) => {
    expect(drawn(fault(source, marked))).toEqual(expected);
  });

  it('has its place behind the end of a line too', () => {
    expect(drawn(fault('ab', 'ab', { column: 3, length: 1 }))).toEqual(['    7 │ ab', '      │   ^']);
    expect(drawn(fault('', '', { column: 1, length: 1 }))).toEqual(['    7 │', '      │ ^']);
  });

  it('has the neighbourhood of a long line around it', () => {
    const source = `${'abcdefghij'.repeat(20)}HERE${'klmnopqrst'.repeat(20)}`;
    expect(drawn(fault(source, 'HERE'), 48)).toEqual([
      '    7 │ …defghijabcdefghijHEREklmnopqrstklmnopq…',
      '      │                   ^^^^',
    ]);
    expect(drawn(fault(source, 'abcdefghij'), 48)[0]).toMatch(/^ {4}7 │ abcdefghij.{28}…$/);
    expect(drawn(fault(`${source}END`, 'END'), 48)).toEqual([
      '    7 │ …pqrstklmnopqrstklmnopqrstklmnopqrstEND',
      '      │                                     ^^^',
    ]);
    expect(drawn(fault(source, source), 48)[1]).toMatch(/^ {6}│ {1,2}\^+$/);
  });

  it('costs nothing on a line of megabytes', () => {
    const source = `${'a'.repeat(4_000_000)}X${'b'.repeat(4_000_000)}`;
    const faults = Array.from({ length: 100 }, () => fault(source, 'X', { column: 4_000_001 }));
    const text = renderConfigFaults(faults, { ...plain, width: 80 });
    expect(text.length).toBeLessThan(30_000);
    expect(jsonConfigFaults(faults).length).toBeLessThan(100_000);
  });

  it('stands under what is meant, and no line is too wide, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '漢', '😀', 'é', '\u0000', 'ß', '\u202e') });
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('X', 'XX', 'XXXXXXXXXXXXXXXXXXXX'),
        text,
        fc.integer({ min: 30, max: 60 }),
        (before, marked, after, width) => {
          const [line = '', caret = ''] = drawn(fault(before + marked + after, marked), width);
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          const at = caret.indexOf('^');
          const under = line.indexOf('X');
          expect(displayWidth(line.slice(0, under))).toBe(at);
          expect(caret.length - at).toBe(marked.length);
        },
      ),
    );
  });
});

describe('for programs', () => {
  it('there is one JSON object a line', () => {
    const faults = [fault('a: b', 'b'), fault('c', 'c', { suggestion: 's' })];
    const lines = jsonConfigFaults(faults).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(faults);
    expect(jsonConfigFaults([])).toBe('');
  });
});
