import { describe, expect, test } from 'vitest';
import { STYLE } from '../../../src/views/report/html/style.ts';

/** The custom colours of a block of the style. */
function coloursOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    [...block.matchAll(/--([a-z-]+):(#[0-9a-f]{3,6})/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
}

const [light = '', rest = ''] = STYLE.split('@media (prefers-color-scheme:dark)');
const dark = rest.slice(0, rest.indexOf('}}'));
const print = STYLE.slice(STYLE.indexOf('@media print'));

/** WCAG 2: relative luminance, and the ratio of two. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [bright = 0, dim = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (bright + 0.05) / (dim + 0.05);
}

const TEXTS = ['text', 'muted', 'good', 'bad', 'caution', 'sent'];
const TINTS = ['good-tint', 'ready-tint', 'caution-tint', 'own-tint', 'quiet-tint'];
const PAIRS = [
  ...TEXTS.flatMap((text) => [[text, 'page'] as const, [text, 'panel'] as const]),
  ...TINTS.map((tint) => ['text', tint] as const),
];

describe.each([
  ['light', light],
  ['dark', dark],
  ['print', print],
])('the colours of the page in %s', (_name, block) => {
  const colours = coloursOf(block);

  test.each(PAIRS)('have enough contrast: %s on %s', (text, ground) => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  test('of lines and marks can be told from the ground', () => {
    for (const line of ['sent', 'bad', 'good', 'caution', 'muted'])
      expect(contrast(colours.get(line) ?? '', colours.get('page') ?? '')).toBeGreaterThanOrEqual(3);
  });
});
