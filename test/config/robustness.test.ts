import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import type { ConfigFault } from '../../src/model/fault.ts';
import type { Spec } from '../../src/model/spec.ts';
import { place } from '../../src/plan/place.ts';
import { VALID, WAITING } from './valid-config.ts';

const encoder = new TextEncoder();

async function expectSound(bytes: Uint8Array): Promise<void> {
  const { spec, faults } = await loadConfig(bytes, 't.yaml', {
    place: (fleet) => {
      const placement = place(fleet as Spec);
      return placement.kind === 'placed' ? placement.peers : [];
    },
  });
  const lines = new TextDecoder().decode(bytes).split('\n');
  for (const fault of faults) expectInside(fault, lines);
  expect(spec === undefined).toBe(faults.some(({ severity }) => severity === 'error'));
}

function expectInside({ line, column, length, source }: ConfigFault, lines: readonly string[]): void {
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(source).toBe(lines[line - 1]?.replace(/\r$/, ''));
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual(source.length + 1);
  expect(length).toBeGreaterThanOrEqual(1);
  expect(column - 1 + length).toBeLessThanOrEqual(Math.max(source.length, column));
}

it('random bytes give faults and never throw', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectSound), { numRuns: 400 });
});

describe.each([
  ['a usual config', VALID],
  ['one with expectations and waits', WAITING],
])('%s', (_, valid) => {
  it('is sound', async () => {
    expect(
      (await loadConfig(encoder.encode(valid), 't.yaml')).faults.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });

  it('with slips of the keyboard gives faults inside of it', async () => {
    const slip = fc.record({
      at: fc.nat(valid.length),
      drop: fc.nat(12),
      put: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          ':',
          ': ',
          '- ',
          '"',
          "'",
          '[',
          ']',
          '{',
          '}',
          '#',
          '&a ',
          '*a',
          '<<: *a',
          '|\n',
          '\t',
          '!x ',
          '---\n',
          '? ',
        ),
        fc.string({ maxLength: 3, unit: 'binary' }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(slip, { minLength: 1, maxLength: 5 }), async (slips) => {
        let text = valid;
        for (const { at, drop, put } of slips) text = text.slice(0, at) + put + text.slice(at + drop);
        await expectSound(encoder.encode(text));
      }),
      { numRuns: 400 },
    );
  });

  it('with wrong values gives faults inside of it', async () => {
    const odd = fc.oneof(
      fc.constantFrom(
        null,
        true,
        -1,
        0,
        1.5,
        65536,
        1e300,
        Number.NaN,
        '',
        ' ',
        'x',
        'a b',
        '漢字',
        [],
        {},
        [[]],
        [null],
        { x: 1 },
        '1:2:3',
        '*',
        '&',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(200), odd, fc.boolean()), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const config: unknown = parse(valid);
          for (const [which, value, rename] of changes) spoil(config, which, value, rename);
          await expectSound(encoder.encode(stringify(config, { lineWidth: 0 })));
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** Replaces the value at one place of a config, counted over all places, or the key before it. */
function spoil(config: unknown, which: number, value: unknown, rename: boolean): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [key, member] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit(member);
    }
  };
  visit(config);
  const [parent, key] = places[which % Math.max(1, places.length)] ?? [];
  if (parent === undefined || key === undefined) return;
  if (rename && !Array.isArray(parent)) {
    parent[`${key}${typeof value === 'string' ? value : 'x'}`] = parent[key];
    delete parent[key];
  } else {
    parent[key] = structuredClone(value);
  }
}
