import { describe, expect, it } from 'vitest';
import { listed, quote, same } from '../../clients/conformance/finding.ts';

describe('a quoted value', () => {
  it('stands whole where it is short', () => {
    expect(quote('two\nlines')).toBe('"two\\nlines"');
    expect(quote(['a', 'b'])).toBe('["a","b"]');
    expect(quote(undefined)).toBe('nothing');
  });

  it('is cut between words', () => {
    const words = Array.from({ length: 60 }, (_, i) => `word-${i}`);
    const text = quote(words.join(' '));
    expect(text.length).toBeLessThan(175);
    const [head = '', tail = ''] = text.slice(1, -1).split(' … ');
    for (const word of [...head.split(' '), ...tail.split(' ')]) expect(words).toContain(word);
  });

  it('is cut anywhere where it has no words', () => {
    expect(quote('x'.repeat(1000)).length).toBeLessThan(175);
  });

  it('keeps the values of a list whole, and counts those between', () => {
    const text = quote(Array.from({ length: 20 }, (_, i) => `conformance-unknown-${i}`));
    expect(text).toMatch(/^\["conformance-unknown-0",.*… \d+ more ….*,"conformance-unknown-19"\]$/);
    expect(text.length).toBeLessThan(200);
    const shown = text.match(/"conformance-unknown-\d+"/g)?.length ?? 0;
    expect(shown + Number(/… (\d+) more/.exec(text)?.[1])).toBe(20);
    expect(quote(['a', 'x'.repeat(500), 'b']).length).toBeLessThan(200);
  });
});

it('names are listed where they are few, and counted where they are many', () => {
  expect(listed(['a', 'b'], 'commands')).toBe('a, b');
  expect(listed(['a', 'b', 'c', 'd', 'e'], 'commands')).toBe('5 commands, the last one e');
});

it('values are the same throughout, also where they are too long to be shown', () => {
  const words = Array.from({ length: 50 }, (_, i) => `word-${i}`);
  expect(same(words, [...words])).toBe(true);
  expect(same(words, words.with(25, 'other'))).toBe(false);
});
