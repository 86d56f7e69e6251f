import type { ErrorCode, YAMLError } from 'yaml';
import type { SpanFault } from './span-fault.ts';
import { unclosedBefore } from './unclosed.ts';

/** More would only be echoes of the first ones. */
const MAX_FAULTS = 10;

const OPENING = '${{';
const UNQUOTED = 'unquoted-expression';

type Wording = readonly [message: string, suggestion: string];

/** The library's complaints in words that say what to do. Codes that are missing here keep the library's own sentence. */
const WORDINGS: Partial<Record<ErrorCode, Wording>> = {
  TAB_AS_INDENT: ['a tab stands in the indentation', 'indent with spaces'],
  MISSING_CHAR: ['a `:` is missing after this key', 'write `key: value`'],
  BAD_INDENT: [
    'this does not line up with what is above',
    'begin keys of one map, and items of one list, in the same column',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a second `:` or a wrong indentation',
    'put quotes around the text, or line it up with the keys above',
  ],
  MULTILINE_IMPLICIT_KEY: ['a `:` is missing on this line', 'write `key: value`, or put quotes around a longer text'],
  BLOCK_IN_FLOW: ['a block of lines stands inside of […] or {…}', 'write it as […] or {…} too'],
  BAD_SCALAR_START: ['text may not begin with this character', 'put quotes around it'],
  BAD_DQ_ESCAPE: ['this is no escape sequence of YAML', 'double the backslash, or use single quotes'],
  BAD_COLLECTION_TYPE: ['the tag does not fit what it stands before', 'remove it'],
  KEY_OVER_1024_CHARS: ['the key is longer than 1024 characters', 'is a quote or a line break missing?'],
  MULTIPLE_ANCHORS: ['a value has one anchor at most', 'remove one'],
  MULTIPLE_TAGS: ['a value has one tag at most', 'remove one'],
  ALIAS_PROPS: ['an alias takes no anchor and no tag', 'remove it'],
  BAD_ALIAS: ['an anchor or alias needs a name', 'write &name and *name'],
};

/** What is wrong with the syntax: the first fault of each line, since a slip is complained about more than once. */
export function syntaxFaults(text: string, errors: readonly YAMLError[]): SpanFault[] {
  const faults: SpanFault[] = [];
  let lastLine: number | undefined;
  for (const error of errors) {
    const fault = faultOf(text, error);
    const line = text.lastIndexOf('\n', fault.span.start - 1);
    if (line === lastLine) continue;
    lastLine = line;
    faults.push(fault);
    if (faults.length === MAX_FAULTS) break;
  }
  const unquoted = faults.filter(({ code }) => code === UNQUOTED);
  // The braces of an expression close what it stands in, and then nothing behind it is understood.
  return unquoted.length > 0 ? unquoted : faults;
}

/** What the library only warns of: unknown tags and directives. */
export function noticesOf(warnings: readonly YAMLError[]): SpanFault[] {
  return warnings.map(({ code, message, pos }) => ({
    severity: 'warning',
    code: code === 'TAG_RESOLVE_FAILED' ? 'unknown-tag' : 'unknown-directive',
    message: code === 'TAG_RESOLVE_FAILED' ? 'the tag is not known and does nothing' : lowerFirst(message),
    suggestion: 'remove it',
    span: { start: pos[0], end: pos[1] },
  }));
}

function faultOf(text: string, { code, message, pos }: YAMLError): SpanFault {
  const span = { start: pos[0], end: pos[1] };
  if (code === 'MULTIPLE_DOCS') {
    return {
      severity: 'error',
      code: 'several-documents',
      message: 'a second document begins here, and a test is one document',
      suggestion: 'put it into a file of its own, or remove the `---` or `...` before it',
      span: { start: span.start, end: endOfLine(text, span.start) },
    };
  }
  if (code === 'RESOURCE_EXHAUSTION') {
    const suggestion = 'write it flatter';
    return { severity: 'error', code: 'too-deep', message: 'the values are nested too deeply', suggestion, span };
  }
  const unquoted = unquotedExpression(text, span.start);
  if (unquoted !== undefined) return unquoted;
  const [words, suggestion] = wordingOf(code, message);
  const opened = words.startsWith('a closing') ? unclosedBefore(text, span.start) : undefined;
  return { severity: 'error', code: 'syntax', message: words, suggestion, span: opened ?? onText(text, span) };
}

/** `{ time: ${{ vars.t }} }`: YAML takes the braces of the expression for a map of its own. */
function unquotedExpression(text: string, at: number): SpanFault | undefined {
  const start = at - 1;
  if (!text.startsWith(OPENING, start)) return undefined;
  const [expression, after = ''] = /^\$\{\{[^\n]*?\}\}([^\s,[\]{}]*)/.exec(text.slice(start)) ?? [];
  if (expression === undefined) return undefined;
  const before = /[^\s,[\]{}]*$/.exec(text.slice(Math.max(0, start - 80), start))?.[0] ?? '';
  const message = 'inside of […] and {…} an expression needs quotes around it';
  const span = { start, end: start + expression.length - after.length };
  return { severity: 'error', code: UNQUOTED, message, suggestion: `write "${before}${expression}"`, span };
}

function wordingOf(code: ErrorCode, message: string): Wording {
  const unclosed = /^Missing closing (["'])/.exec(message);
  if (unclosed !== null)
    return [`a closing ${unclosed[1]} is missing`, 'end the text with the quote that it begins with here'];
  const open = /^Flow (map|sequence) .*end with a ([\]}])/.exec(message);
  if (open !== null) {
    return [
      `a closing ${open[2]} is missing`,
      'close this one, and indent all its lines deeper than the key before it',
    ];
  }
  if (code === 'UNEXPECTED_TOKEN') {
    if (/block-seq-ind on same line/.test(message))
      return ['a list begins behind its key', 'begin it on the next line, or write [a, b]'];
    return [
      'this does not belong here',
      'is a quote, a comma or a bracket missing before it, or is the indentation wrong?',
    ];
  }
  return WORDINGS[code] ?? [lowerFirst(message), 'see https://yaml.org/spec/1.2.2/'];
}

/** A place behind the last character is shown at that character. */
function onText(text: string, span: { readonly start: number; readonly end: number }): { start: number; end: number } {
  let { start } = span;
  if (start >= text.length || text[start] === '\n') {
    while (start > 0 && /\s/.test(text[start] ?? '\n')) start -= 1;
    return { start, end: start + 1 };
  }
  return { start, end: Math.max(span.end, start + 1) };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
