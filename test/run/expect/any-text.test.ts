import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../src/run/expect/any-text.ts';

test('finds what looking for one after the other finds, whatever the characters', () => {
  const piece = fc.oneof(
    fc.string({ minLength: 1, maxLength: 3 }),
    fc.constantFrom('.', '*', '\\', '/a|b/', '(', '[x', 'é', '\ud800', '😀', '\n'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 6 }), (texts, parts) => {
      const message = parts.join('');
      expect(anyText(texts)(message)).toBe(texts.some((text) => message.includes(text)));
    }),
    { numRuns: 2000 },
  );
});
