import { Lexer } from 'yaml';
import type { Span } from './tree.ts';

/** Marks of the lexer that stand for no text: document, end of a broken flow, scalar. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f']);

/**
 * The quote or bracket that is still open at offset `at`, the innermost one. A parser finds out only much later, often at the end of
 * the file, and that is not where a person has to look.
 */
export function unclosedBefore(text: string, at: number): Span | undefined {
  const open: Span[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) continue;
    if (offset > at) break;
    const span = { start: offset, end: offset + 1 };
    offset += lexeme.length;
    if (lexeme === '[' || lexeme === '{') open.push(span);
    else if (lexeme === ']' || lexeme === '}') open.pop();
    else if (/^["']/.test(lexeme) && (lexeme.length === 1 || lexeme.at(-1) !== lexeme[0])) return span;
  }
  return open.at(-1);
}
