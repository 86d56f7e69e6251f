import { closest } from '../lib/suggest.ts';

const OPEN = '${{';
const CLOSE = '}}';
const NAMESPACES = ['vars', 'env'] as const;

/** Where the value of an expression comes from. */
export type Namespace = (typeof NAMESPACES)[number];

/** A part of a text that may hold expressions. `ordinal` counts the `${{` of the text from 0, escaped ones too. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly namespace: Namespace; readonly name: string; readonly ordinal: number }
  | {
      readonly kind: 'malformed';
      readonly ordinal: number;
      readonly code: 'unclosed-expression' | 'bad-expression' | 'unknown-namespace';
      readonly message: string;
      readonly suggestion: string;
    };

type Expression = Exclude<Piece, { kind: 'text' }>;

/** An expression as a person writes it, for messages. */
export const asWritten = (name: string): string => `${OPEN} ${name} ${CLOSE}`;

/** What to write for text that only looks like an expression. */
const LITERALLY = `$${OPEN} for the characters ${OPEN} themselves`;

/** Whether there is anything to fill in, or to unescape, in a text. */
export const hasExpressions = (text: string): boolean => text.includes(OPEN);

/** Takes a text apart at its `${{ vars.x }}` and `${{ env.X }}`; `$${{` stands for the characters `${{` themselves. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let rest = 0;
  let ordinal = 0;
  const textUpTo = (end: number, more = ''): void => {
    const plain = text.slice(rest, end) + more;
    if (plain !== '') pieces.push({ kind: 'text', text: plain });
  };
  for (let at = text.indexOf(OPEN); at >= 0; at = text.indexOf(OPEN, rest), ordinal += 1) {
    if (at > rest && text[at - 1] === '$') {
      textUpTo(at - 1, OPEN);
      rest = at + OPEN.length;
      continue;
    }
    textUpTo(at);
    const close = text.indexOf(CLOSE, at);
    const next = text.indexOf(OPEN, at + OPEN.length);
    if (close < 0 || (next >= 0 && next < close)) {
      pieces.push(unclosed(ordinal));
      // Without its end nobody knows what is text behind it.
      rest = next < 0 ? text.length : next;
    } else {
      pieces.push(expressionOf(text.slice(at + OPEN.length, close), ordinal));
      rest = close + CLOSE.length;
    }
  }
  textUpTo(text.length);
  return pieces;
}

function expressionOf(inside: string, ordinal: number): Expression {
  const [, namespace = '', name = ''] = /^\s*([A-Za-z_][\w-]*)\.([A-Za-z_][\w-]*)\s*$/.exec(inside) ?? [];
  const known = NAMESPACES.find((one) => one === namespace);
  if (known !== undefined) return { kind: 'name', namespace: known, name, ordinal };
  if (namespace !== '') {
    const meant = closest(namespace, NAMESPACES);
    const message = `there is no "${namespace}" to take "${name}" from`;
    const suggestion = `did you mean "${meant ?? 'vars'}"? There are vars and env`;
    return { kind: 'malformed', ordinal, code: 'unknown-namespace', message, suggestion };
  }
  const bare = /^\s*([A-Za-z_][\w-]*)\s*$/.exec(inside)?.[1];
  if (bare !== undefined) {
    const message = `"${bare}" does not say where it comes from`;
    return bad(ordinal, message, `write ${asWritten(`vars.${bare}`)} or ${asWritten(`env.${bare}`)}`);
  }
  return bad(
    ordinal,
    inside.trim() === ''
      ? `nothing stands between ${OPEN} and ${CLOSE}`
      : 'a name such as vars.size or env.HOME is wanted here',
    `write ${asWritten('vars.name')} or ${asWritten('env.NAME')}, and ${LITERALLY}`,
  );
}

const bad = (ordinal: number, message: string, suggestion: string): Expression => ({
  kind: 'malformed',
  ordinal,
  code: 'bad-expression',
  message,
  suggestion,
});

const unclosed = (ordinal: number): Expression => ({
  kind: 'malformed',
  ordinal,
  code: 'unclosed-expression',
  message: 'a closing }} is missing',
  suggestion: `write ${asWritten('vars.name')}, or ${LITERALLY}`,
});

/** Where the expression with this `ordinal` stands in `source`, the text of the file, of which `node` is a value. */
export function expressionSpan(
  source: string,
  node: { readonly start: number; readonly end: number },
  ordinal: number,
): { readonly start: number; readonly end: number } {
  let start = source.indexOf(OPEN, node.start);
  for (let count = 0; count < ordinal && start >= 0; count++) start = source.indexOf(OPEN, start + OPEN.length);
  // Escapes of a quoted text can write the characters in other ways.
  if (start < 0 || start >= node.end) return { start: node.start, end: node.end };
  const close = source.indexOf(CLOSE, start);
  const next = source.indexOf(OPEN, start + OPEN.length);
  const closed = close >= 0 && close < node.end && (next < 0 || close < next);
  return { start, end: closed ? close + CLOSE.length : Math.min(next < 0 ? node.end : next, node.end) };
}
