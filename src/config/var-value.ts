import { plainScalar } from './plain-scalar.ts';
import type { ScalarNode } from './tree.ts';

/** What an expression stands for: a value with its type, and the text that it is put as among other text (`1.10` stays `1.10`). */
export type VarValue = Pick<ScalarNode, 'value' | 'text'>;

/** A value of the command line, read as YAML reads a value in a file: `9` is a number, `"9"` is text, nothing is nothing. */
export function givenValue(written: string): VarValue {
  const text = written.trim();
  if (/^'(?:[^']|'')*'$/.test(text)) return asText(text.slice(1, -1).replaceAll("''", "'"));
  const quoted = /^"(?:[^"\\]|\\.)*"$/s.test(text) ? parsed(text) : undefined;
  return quoted === undefined ? { value: plainScalar(text), text } : asText(quoted);
}

/** A value of the environment: a number or a boolean where it looks like one, and text otherwise, also where it is empty. */
export function environmentValue(text: string): VarValue {
  const value = plainScalar(text);
  const usable = typeof value === 'number' ? Number.isFinite(value) : typeof value === 'boolean';
  return usable ? { value, text } : asText(text);
}

const asText = (text: string): VarValue => ({ value: text, text });

function parsed(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
