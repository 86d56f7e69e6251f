import { expect, it } from 'vitest';
import { formatDuration, formatSeconds } from '../../src/lib/format-duration.ts';

it.each([
  [0, '0 s'],
  [-3, '0 s'],
  [0.4, '0 s'],
  [250, '250 ms'],
  [999.6, '1 s'],
  [1000, '1 s'],
  [4230, '4.2 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [40_000, '40 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [125_000, '2 min 5 s'],
  [3_599_600, '1 h'],
  [5_400_000, '1 h 30 min'],
  [90_000_000, '25 h'],
])('%d ms last %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  [0, '0.000s'],
  [12_031, '12.031s'],
  [12_031.4, '12.031s'],
  [125_000, '125.000s'],
])('%d ms are at %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});
