import { describe, expect, it } from 'vitest';
import { closest } from '../../src/lib/suggest.ts';

describe('closest', () => {
  it.each([
    ['tiem', ['time', 'peer'], 'time'],
    ['adress', ['address', 'name'], 'address'],
    ['bootstap', ['bootstrap'], 'bootstrap'],
    ['INFO', ['error', 'info'], 'info'],
    ['env', ['image', 'environment'], 'environment'],
    ['warning', ['error', 'warn'], 'warn'],
    ['chalie', ['alice', 'charlie'], 'charlie'],
    ['p2', ['p1', 'p3'], 'p1'],
  ])('finds for %j in %j %j', (word, candidates, expected) => {
    expect(closest(word, candidates)).toBe(expected);
  });

  it.each([
    ['x', ['a', 'b']],
    ['zoe', ['alice', 'bob']],
    ['command', ['time', 'peer']],
    ['same', ['same']],
    ['abc', ['']],
  ])('finds nothing for %j in %j', (word, candidates) => {
    expect(closest(word, candidates)).toBeUndefined();
  });

  it('prefers the nearest, whatever the order, and the first of equals', () => {
    expect(closest('alicia', ['alicee', 'alice', 'alici'])).toBe('alici');
    expect(closest('host-3', ['host-1', 'host-2'])).toBe('host-1');
  });
});
