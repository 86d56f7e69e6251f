import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/config/split-words.ts';

describe('splitWords', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    [' \t a\n', ['a']],
    ['\'a b\' "c d"', ['a b', 'c d']],
    ['a\'b\'"c"d', ['abcd']],
    ['\'\' ""', ['', '']],
    ['a\\ b \\"', ['a b', '"']],
    ['"a\\"b\\\\ \\$c \\d"', ['a"b\\ $c \\d']],
    ["'a\\'", ['a\\']],
    ['$HOME *.txt | a && b; `c`', ['$HOME', '*.txt', '|', 'a', '&&', 'b;', '`c`']],
  ])('splits %j as a shell would', (line, expected) => {
    expect(splitWords(line)).toEqual(expected);
  });

  it.each([
    ["a 'b", "a closing ' is missing in the command"],
    ['a "b', 'a closing " is missing in the command'],
    ['a \\', 'the command ends in a backslash'],
    ['  ', 'the command is empty'],
  ])('says what is wrong with %j', (line, malformed) => {
    expect(splitWords(line)).toEqual({ malformed });
  });

  it('undoes quoting', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
        expect(splitWords(quoted)).toEqual(words);
      }),
    );
  });
});
