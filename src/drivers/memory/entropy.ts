import { createHash } from 'node:crypto';
import type { Entropy } from '../../ports/entropy.ts';

/** Randomness that its seed decides, with the draws that a simulation needs besides passwords. */
export interface SeededEntropy extends Entropy {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  /** A number from 0 up to 1. */
  fraction(): number;
  /** An independent source, decided by this one's seed and the label, whatever was drawn from this one before. */
  fork(label: string): SeededEntropy;
}

/** Entropy from a seed: SHA-256 of seed and counter, so that it is the same on every machine and Node. Not for secrets. */
export function createSeededEntropy(seed: string | number): SeededEntropy {
  let counter = 0;
  let block = Buffer.alloc(0);

  const take = (bytes: number): Buffer => {
    while (block.length < bytes) {
      const more = createHash('sha256').update(`${seed}\n${counter++}`).digest();
      block = Buffer.concat([block, more]);
    }
    const taken = block.subarray(0, bytes);
    block = block.subarray(bytes);
    return taken;
  };

  const fraction = (): number => take(6).readUIntBE(0, 6) / 2 ** 48;

  return {
    hex: (bytes) => take(bytes).toString('hex'),
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
    fork: (label) => createSeededEntropy(`${seed}\n${label}`),
  };
}
