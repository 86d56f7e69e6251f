import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { marksFor } from '../../../src/views/marks.ts';
import { createPalette } from '../../../src/views/palette.ts';

const NAMES = ['alice', 'bob', 'charlie', 'dave', 'eve', 'frank', 'grace', 'heidi', 'ivan', 'judy'];

test('the peers of a run differ while there are colours, and keep theirs whatever their order', () => {
  const color = new Chalk({ level: 2 });
  const painted = (names: readonly string[]) => NAMES.map((name) => createPalette(color, names).peer(name)('x'));
  expect(new Set(painted(NAMES)).size).toBe(NAMES.length);
  expect(painted([...NAMES].reverse())).toEqual(painted(NAMES));
});

test('more peers than colours share them', () => {
  const names = Array.from({ length: 40 }, (_, i) => `peer-${i}`);
  const palette = createPalette(new Chalk({ level: 1 }), names);
  expect(new Set(names.map((name) => palette.peer(name)('x'))).size).toBe(4);
});

test('every meaning has a colour of its own, and a peer never has one of them', () => {
  for (const level of [1, 2, 3] as const) {
    const { tone, peer } = createPalette(new Chalk({ level }), NAMES);
    const meanings = Object.values(tone).map((paint) => paint('x'));
    expect(new Set(meanings).size).toBe(meanings.length);
    for (const name of NAMES) expect(meanings).not.toContain(peer(name)('x'));
  }
});

test('without colours nothing is painted', () => {
  const { tone, peer } = createPalette(new Chalk({ level: 0 }), NAMES);
  expect([...Object.values(tone).map((paint) => paint('x')), peer('alice')('x')].every((text) => text === 'x')).toBe(
    true,
  );
});

test('every sign before a line is one column, so that lines stay aligned without Unicode', () => {
  const { bar, spinner, ellipsis, ...signs } = marksFor(false);
  expect(Object.values(signs).filter((sign) => !/^[\x21-\x7e]$/.test(sign))).toEqual([]);
  // Signs of lines that can stand next to each other must differ, or the line's kind could not be told.
  const kinds = [signs.sent, signs.status, signs.log, signs.good, signs.bad, signs.caution, signs.restart, signs.stop];
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(`${ellipsis}${bar.left}${bar.full}${bar.empty}${bar.right}${spinner.join('')}`).toMatch(/^[\x20-\x7e]*$/);
});
