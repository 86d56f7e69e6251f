import type { ConfigFault } from '../model/fault.ts';
import { decode } from './decode.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { lineIndex } from './line-index.ts';
import type { Path } from './path.ts';
import { readCommonYaml } from './read-common-yaml.ts';
import type { SpanFault } from './span-fault.ts';
import { type Node, nodeAt, type Span } from './tree.ts';

/** Where something stands in a config file: all of a `ConfigFault` that says where. */
export type Location = Pick<ConfigFault, 'file' | 'line' | 'column' | 'length' | 'source'>;

/**
 * Finds the place of a value in its file. `key` is the name before the value. A value that is not written is shown at its key,
 * and a path that leads nowhere at the nearest value above it.
 */
export type Locate = (path: Path, part?: 'key' | 'value') => Location;

/** A config file as text and tree. */
export interface Source {
  /** Missing where the file holds nothing or cannot be read as YAML. */
  readonly tree?: Node;
  readonly locate: Locate;
  /** What is wrong with the text itself. */
  readonly faults: readonly ConfigFault[];
}

/** Reads the bytes of a config; `file` is its name in messages. The full YAML reader is loaded only for files that need it. */
export async function readSource(bytes: Uint8Array, file: string): Promise<Source> {
  const { text, fault } = decode(bytes);
  const position = lineIndex(text);
  const place = (span: Span): Location => ({ file, ...position(span) });
  const toFault = ({ span, ...rest }: SpanFault): ConfigFault => ({ ...rest, ...place(span) });
  if (fault !== undefined) return { locate: () => place({ start: 0, end: 1 }), faults: [toFault(fault)] };

  const common = readCommonYaml(text);
  const { tree, faults } =
    common === undefined
      ? (await import('./read-full-yaml.ts')).readFullYaml(text)
      : { tree: common, faults: [] as readonly SpanFault[] };
  const located = faults.map(toFault);
  if (tree !== undefined) located.push(...duplicateKeys(tree, (span) => position(span).line).map(toFault));
  else if (faults.length === 0) located.push(toFault(emptyFile(text)));
  return {
    ...(tree === undefined ? {} : { tree }),
    locate: (path, part = 'value') => place(tree === undefined ? { start: 0, end: 1 } : spanAt(tree, path, part)),
    faults: located,
  };
}

function spanAt(tree: Node, path: Path, part: 'key' | 'value'): Span {
  for (let length = path.length; length > 0; length--) {
    const found = nodeAt(tree, path.slice(0, length));
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
  message: text.trim() === '' ? 'the file is empty' : 'the file holds only comments',
  suggestion: '`tm init` writes a test to begin with',
  span: { start: 0, end: 1 },
});
