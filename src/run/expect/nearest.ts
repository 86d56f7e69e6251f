import type { Pattern } from '../../model/expectation.ts';
import { patternText } from './pattern.ts';

/** What is compared of a line, in characters: the beginning of a long one tells enough. */
const COMPARED = 400;
/** From 0 (nothing in common) to 1 (all words are there). */
const ALIKE = 0.3;

/** A word as the pairs of neighbouring letters in it. */
type Word = readonly string[];

/**
 * How alike a log line is to what was wanted: each wanted word's best likeness (shared pairs of letters) to a word of the line, on average; of
 * several alternatives the best. 0 below what is worth showing, and where it cannot be more than `best`, which is found out cheaply.
 */
export function likenessTo(pattern: Pattern): (line: string, best: number) => number {
  const alternatives = pattern.kind === 'text' ? [patternText(pattern)] : literalsOf(pattern.source).split('|');
  const wanted = alternatives.map((text) => wordsOf(text.toLowerCase())).filter((words) => words.length > 0);
  return (line, best) => {
    const text = line.slice(0, COMPARED).toLowerCase();
    const worth = wanted.filter((words) => {
      const atMost = average(words, (word) => mostOf(word, text));
      return atMost >= ALIKE && atMost > best;
    });
    if (worth.length === 0) return 0;
    const found = wordsOf(text);
    const likeness = worth.map((words) => average(words, (word) => bestOf(found, (other) => sharedPart(word, other))));
    const most = Math.max(...likeness);
    return most >= ALIKE ? most : 0;
  };
}

const wordsOf = (text: string): readonly Word[] => (text.match(/[\p{L}\p{N}]+/gu) ?? []).map(pairsOf);

/** What a regular expression says letter for letter, roughly. */
const literalsOf = (source: string): string =>
  source
    .replace(/\[[^\]]*\]|\{[^}]*\}|\(\?(?:<[\w$]+>|<?[=!]|[a-z-]*:)/g, ' ')
    .replace(/\\[pPkxu]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[a-zA-Z0-9]/g, ' ')
    .replace(/\\(.)/g, '$1');

/** Pairs of neighbouring letters, each once; a word of one letter is its own pair. */
function pairsOf(word: string): Word {
  if (word.length < 2) return [word];
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < word.length; i++) pairs.add(word.slice(i, i + 2));
  return [...pairs];
}

/** Dice's coefficient. */
function sharedPart(a: Word, b: Word): number {
  let shared = 0;
  for (const pair of a) if (b.includes(pair)) shared += 1;
  return (2 * shared) / (a.length + b.length);
}

/** What Dice's coefficient can be at most with a word of this text: as if all pairs that are in it were one word. */
function mostOf(word: Word, text: string): number {
  let shared = 0;
  for (const pair of word) if (text.includes(pair)) shared += 1;
  return (2 * shared) / (word.length + shared);
}

function average<T>(items: readonly T[], of: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum / items.length;
}

const bestOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((best, item) => Math.max(best, of(item)), 0);
