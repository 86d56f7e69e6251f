import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNameOf, testName } from '../../src/model/names.ts';

describe('a test’s name as a file name', () => {
  test.each([
    ['smoke', 'smoke'],
    ['a b/c', 'a-b-c'],
    ['..hidden.', 'hidden.'],
    ['größe 三', 'größe-三'],
    ['!!!', 'test'],
    ['x'.repeat(200), 'x'.repeat(80)],
    ['三'.repeat(200), '三'.repeat(53)],
    ['𝒳'.repeat(200), '𝒳'.repeat(40)],
    [`${'x'.repeat(79)}𝒳`, 'x'.repeat(79)],
  ])('%s', (name, file) => {
    expect(fileNameOf(testName(name))).toBe(file);
  });

  test('is never empty, hidden, or too long for what is put behind it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (name) => {
        const file = fileNameOf(testName(name));
        expect(file).toMatch(/^[^./\s-][^/\s]*$/u);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(160);
        expect(Buffer.from(file).toString()).toBe(file);
      }),
    );
  });
});
