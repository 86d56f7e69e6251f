import type { ConfigFault } from '../model/fault.ts';
import { decode } from './decode.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { lineIndex } from './line-index.ts';
import type { Path } from './path.ts';
import { readCommonYaml } from './read-common-yaml.ts';
import type { SpanFault } from './span-fault.ts';
import { createLookup, type Found, type Node, type Span } from './tree.ts';

/** Where something stands in a config file: all of a `ConfigFault` that says where. */
export type Location = Pick<ConfigFault, 'file' | 'line' | 'column' | 'length' | 'source'>;

/**
 * Finds the place of a value in its file. `key` is the name before the value. A value that is not written is shown at its key,
 * and a path that leads nowhere at the nearest value above it.
 */
export type Locate = (path: Path, part?: 'key' | 'value') => Location;

/** What can be looked up in a tree by the path of a value. */
export interface Reading {
  readonly locate: Locate;
  /** A scalar as it is written, without quotes; undefined for anything else. */
  readonly textAt: (path: Path) => string | undefined;
}

/** A config file as text and tree. */
export interface Source extends Reading {
  /** Missing where the file holds nothing or cannot be read as YAML. */
  readonly tree?: Node;
  readonly text: string;
  /** Where a piece of the text stands. */
  readonly place: (span: Span) => Location;
  /** What is wrong with the text itself. */
  readonly faults: readonly ConfigFault[];
}

const BEGINNING: Span = { start: 0, end: 1 };

/** Reads the bytes of a config; `file` is its name in messages. The full YAML reader is loaded only for files that need it. */
export async function readSource(bytes: Uint8Array, file: string): Promise<Source> {
  const { text, fault } = decode(bytes);
  const position = lineIndex(text);
  const place = (span: Span): Location => ({ file, ...position(span) });
  const unreadable = (faults: readonly SpanFault[]): Source => ({
    text,
    place,
    locate: () => place(BEGINNING),
    textAt: () => undefined,
    faults: faults.map((fault) => located(fault, place)),
  });
  if (fault !== undefined) return unreadable([fault]);

  const common = readCommonYaml(text);
  const { tree, faults } =
    common === undefined ? (await import('./read-full-yaml.ts')).readFullYaml(text) : { tree: common, faults: [] };
  if (tree === undefined) {
    const broken = faults.some(({ severity }) => severity === 'error');
    return unreadable(broken ? faults : [...faults, emptyFile(text)]);
  }
  const repeated = duplicateKeys(tree, (span) => position(span).line);
  const all = [...faults, ...repeated].map((fault) => located(fault, place));
  return { tree, text, place, ...readingOf(tree, place), faults: all };
}

/** Looks values up in a tree whose pieces of text `place` locates. */
export function readingOf(tree: Node, place: Source['place']): Reading {
  const lookup = createLookup(tree);
  return {
    locate: (path, part = 'value') => place(spanAt(lookup, tree, path, part)),
    textAt: (path) => {
      const node = lookup(path)?.node;
      return node?.kind === 'scalar' ? node.text : undefined;
    },
  };
}

/** A fault of the text with its line and column. */
export function located({ span, ...rest }: SpanFault, place: Source['place']): ConfigFault {
  return { ...rest, ...place(span) };
}

function spanAt(lookup: (path: Path) => Found | undefined, tree: Node, path: Path, part: 'key' | 'value'): Span {
  for (let length = path.length; length > 0; length--) {
    const found = lookup(path.slice(0, length));
    if (found === undefined) continue;
    const { node, entry } = found;
    const unwritten = node.start === node.end;
    return entry !== undefined && (part === 'key' || unwritten) ? entry.keySpan : node;
  }
  return tree;
}

const emptyFile = (text: string): SpanFault => ({
  severity: 'error',
  code: 'empty-file',
  message: text.trim() === '' ? 'the file is empty' : 'the file holds nothing but comments',
  suggestion: '`tm init` writes a test to begin with',
  span: BEGINNING,
});
