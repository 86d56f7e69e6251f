import type { Source } from './source.ts';

/** What the checks after the schema know of the file besides its draft. */
export type Context = Pick<Source, 'locate' | 'textAt'>;
