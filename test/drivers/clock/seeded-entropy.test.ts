import { describe, expect, it } from 'vitest';
import { createSeededEntropy } from '../../../src/drivers/memory/entropy.ts';
import { createSystemEntropy } from '../../../src/drivers/system-entropy.ts';

describe('seeded entropy', () => {
  it('is decided by its seed', () => {
    const draw = (seed: string | number): unknown => {
      const entropy = createSeededEntropy(seed);
      return [entropy.hex(16), entropy.below(1_000_000), entropy.fraction(), entropy.hex(100)];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(createSeededEntropy(7).hex(4)).toMatch(/^[0-9a-f]{8}$/);
  });

  it('forks by label, whatever was drawn before', () => {
    const one = createSeededEntropy('seed');
    const other = createSeededEntropy('seed');
    one.hex(40);
    expect(one.fork('faults').hex(16)).toBe(other.fork('faults').hex(16));
    expect(one.fork('faults').hex(16)).not.toBe(one.fork('delays').hex(16));
  });

  it('draws every number below the limit about as often', () => {
    const entropy = createSeededEntropy(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[entropy.below(10)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe('system entropy', () => {
  it('gives as many bytes as asked for, never the same', () => {
    const entropy = createSystemEntropy();
    expect(entropy.hex(24)).toMatch(/^[0-9a-f]{48}$/);
    expect(entropy.hex(24)).not.toBe(entropy.hex(24));
  });
});
