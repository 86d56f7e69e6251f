import type { ConfigFault } from '../model/fault.ts';
import { hasExpressions } from './expression.ts';

/** A complaint about the type of a value, in words that fit where an expression stands in the place of the value. */
export function explainFilled(fault: ConfigFault): ConfigFault {
  const { code, column, length, source } = fault;
  if (code !== 'wrong-type' || !hasExpressions(source.slice(column - 1, column - 1 + length))) return fault;
  const suggestion =
    'an expression has the type of its var where nothing stands beside it, and a var in quotes is text';
  return { ...fault, suggestion };
}
