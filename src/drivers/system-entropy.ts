import { randomBytes } from 'node:crypto';
import type { Entropy } from '../ports/entropy.ts';

/** The machine's own randomness, fit for passwords. */
export function createSystemEntropy(): Entropy {
  return { hex: (bytes) => randomBytes(bytes).toString('hex') };
}
