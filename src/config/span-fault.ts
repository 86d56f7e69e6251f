import type { ConfigFault } from '../model/fault.ts';
import type { Span } from './tree.ts';

/** A fault of the text itself, before lines and columns are counted. */
export interface SpanFault extends Pick<ConfigFault, 'severity' | 'code' | 'message' | 'suggestion'> {
  readonly span: Span;
}
