/** What a check found out about a peer. */
export type Finding =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails'; readonly expected: string; readonly saw: string }
  | { readonly kind: 'not-shown'; readonly because: string };

export const holds: Finding = { kind: 'holds' };
export const fails = (expected: string, saw: string): Finding => ({ kind: 'fails', expected, saw });
export const notShown = (because: string): Finding => ({ kind: 'not-shown', because });

/** Ends a check where something that it waited for did not happen; the suite makes a finding of it. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
  readonly finding: Finding;

  constructor(expected: string, saw: string) {
    super(`expected ${expected}; saw ${saw}`);
    this.finding = fails(expected, saw);
  }
}

/** Throws `Unmet` unless it is so. */
export function must(isSo: boolean, expected: string, saw: string): asserts isSo {
  if (!isSo) throw new Unmet(expected, saw);
}

const LONGEST_QUOTE = 160;

/** A value for a person to read: in quotes, its control characters escaped, its middle left out where it is long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= LONGEST_QUOTE) return text;
  return `${text.slice(0, LONGEST_QUOTE / 2)} … ${text.slice(-LONGEST_QUOTE / 2)}`;
}
