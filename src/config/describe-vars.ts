import { redactEnvironment } from '../lib/redact.ts';
import type { VarValue } from './var-value.ts';

/** Vars as text for people and the journal: `[redacted]` where they are named like secrets, and wherever a secret stands in them. */
export function describeVars(
  values: Iterable<readonly [name: string, value: VarValue | 'broken']>,
  secrets: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const texts = [...values].flatMap(([name, value]) => (value === 'broken' ? [] : [[name, value.text] as const]));
  const shown = redactEnvironment(Object.fromEntries(texts));
  // The longest first: a secret may be the beginning of another one.
  const inOrder = [...secrets].sort((a, b) => b.length - a.length);
  return Object.fromEntries(
    Object.entries(shown).map(([name, text]) => [
      name,
      inOrder.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text),
    ]),
  );
}
