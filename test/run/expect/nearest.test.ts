import { describe, expect, test } from 'vitest';
import { likenessTo } from '../../../src/run/expect/nearest.ts';

const text = (wanted: string) => likenessTo({ kind: 'text', text: wanted });
const regex = (source: string) => likenessTo({ kind: 'regex', source, flags: 'u' });

function nearestOf(likeness: (line: string, best: number) => number, lines: readonly string[]): string | undefined {
  let best = 0;
  let found: string | undefined;
  for (const line of lines) {
    const here = likeness(line, best);
    if (here > best) [best, found] = [here, line];
  }
  return found;
}

describe('the nearest line', () => {
  const lines = [
    'booting',
    'pull: no messages',
    'stream multiplexed, opened',
    'hello-from-bob',
    'HELLO from Alise',
    'sleeping',
  ];

  test('shares most with what was wanted, whatever the case', () => {
    expect(nearestOf(text('pulled'), lines)).toBe('pull: no messages');
    expect(nearestOf(text('hello-from-alice'), lines)).toBe('HELLO from Alise');
    expect(nearestOf(text('open'), lines)).toBe('stream multiplexed, opened');
  });

  test('is found by the words of a pattern', () => {
    expect(nearestOf(regex('^\\s*pulled [0-9]+ (?:messages|items)$'), lines)).toBe('pull: no messages');
    expect(nearestOf(regex('panic|boots'), lines)).toBe('booting');
    expect(nearestOf(regex('(?<who>bobby)\\d{2,3}\\p{L}'), lines)).toBe('hello-from-bob');
  });

  test('is none where nothing is like it, or nothing was wanted in words', () => {
    expect(nearestOf(text('zebra'), lines)).toBeUndefined();
    expect(nearestOf(text('->'), lines)).toBeUndefined();
    expect(nearestOf(regex('\\d+'), lines)).toBeUndefined();
  });
});
