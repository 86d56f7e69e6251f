import type { Reading } from './source.ts';

/** What the checks after the schema know of the file besides its draft. */
export interface Context extends Reading {
  /** How many peers became of an entry with `replicas`, by the name that it has in the file. */
  readonly replicas?: ReadonlyMap<string, number>;
}
