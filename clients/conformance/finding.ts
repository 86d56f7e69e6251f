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
/** How far from the middle a text is cut, at most, so that it is cut between two words. */
const WORD = 24;
const MOST_NAMES = 4;

/** Whether two values are the same throughout. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A value for a person to read: in quotes, its control characters escaped, its middle left out where it is long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= LONGEST_QUOTE) return text;
  return Array.isArray(value) && value.length > 2 ? quoteList(value) : shortened(text, LONGEST_QUOTE);
}

/** Names, all of them where they are few. `what`: the word for them, such as `commands`. */
export function listed(names: readonly string[], what: string): string {
  return names.length <= MOST_NAMES ? names.join(', ') : `${names.length} ${what}, the last one ${names.at(-1)}`;
}

/** Whole values from both ends, and how many stand between them. */
function quoteList(values: readonly unknown[]): string {
  const texts = values.map((value) => shortened(JSON.stringify(value) ?? 'null', LONGEST_QUOTE / 2));
  const fitting = (from: readonly string[]) => {
    let [count, length] = [0, 0];
    for (const text of from) {
      length += text.length + 1;
      if (count > 0 && length > LONGEST_QUOTE / 2) break;
      count++;
    }
    return count;
  };
  const first = fitting(texts);
  const last = Math.min(fitting(texts.toReversed()), texts.length - first);
  const left = texts.length - first - last;
  const between = left > 0 ? [`… ${left} more …`] : [];
  return `[${[...texts.slice(0, first), ...between, ...texts.slice(texts.length - last)].join(',')}]`;
}

/** The two ends of a text, cut between words where there are any. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = text.slice(0, longest / 2);
  const tail = text.slice(-longest / 2);
  const headCut = head.search(/[ ,|](?!.*[ ,|])/);
  const tailCut = tail.search(/[ ,|]/);
  const start = headCut > head.length - WORD ? head.slice(0, headCut + 1).trimEnd() : head;
  const end = tailCut >= 0 && tailCut < WORD ? tail.slice(tailCut + 1) : tail;
  return `${start} … ${end}`;
}
