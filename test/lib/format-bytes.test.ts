import { expect, it } from 'vitest';
import { formatBytes } from '../../src/lib/format-bytes.ts';

it.each([
  [0, '0 B'],
  [-5, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [18_243_000, '18.2 MB'],
  [18_000_000, '18 MB'],
  [241_200_000, '241 MB'],
  [1_340_000_000, '1.34 GB'],
  [2.5e18, '2500 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
