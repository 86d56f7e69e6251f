/** Randomness, behind a port, so that a simulation is decided by its seed. */
export interface Entropy {
  /** `bytes` random bytes as lower-case hex, fit for a password. */
  hex(bytes: number): string;
}
