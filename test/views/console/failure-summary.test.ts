import { describe, expect, test } from 'vitest';
import { failureSummary } from '../../../src/views/console/failure-summary.ts';

describe('failureSummary', () => {
  test('one reason is told whole, and once', () => {
    expect(failureSummary(['charlie died: exited with 3 1 s after "a: b"'])).toEqual({
      short: 'charlie died: exited with 3 1 s after "a: b"',
      rest: [],
    });
    expect(failureSummary([])).toEqual({ short: '', rest: [] });
  });

  test('of several the beginnings stand together, and below only what says more', () => {
    expect(
      failureSummary([
        'charlie died: exited with 3',
        '1 of 4 expectations unmet',
        'bob did not take "x: y" within 2 s',
      ]),
    ).toEqual({
      short: 'charlie died, 1 of 4 expectations unmet, bob did not take "x: y" within 2 s',
      rest: ['charlie died: exited with 3'],
    });
  });

  test('of many the headline keeps the expectations, and the rest is bounded', () => {
    const deaths = Array.from({ length: 20 }, (_, i) => `peer-${i} died: exited with ${i}`);
    const { short, rest } = failureSummary([...deaths, '2 of 4 expectations unmet']);
    expect(short).toBe('peer-0 died, peer-1 died, 2 of 4 expectations unmet, 18 more');
    expect(rest).toHaveLength(9);
    expect(rest.at(-1)).toBe('and 12 more reasons, in the report');
  });
});
