import type { Path } from './path.ts';
import type { Locate } from './source.ts';

/** What the checks after the schema know of the file besides its draft. */
export interface Context {
  readonly locate: Locate;
  /** A scalar as it is written, without quotes. */
  readonly textAt: (path: Path) => string | undefined;
}
