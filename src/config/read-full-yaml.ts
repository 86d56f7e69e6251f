import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  parseDocument,
  Scalar,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import { MAX_FAULTS } from './max-faults.ts';
import type { SpanFault } from './span-fault.ts';
import { noticesOf, syntaxFaults } from './syntax-faults.ts';
import type { Entry, MapNode, Node, Span } from './tree.ts';

/** How many values aliases may add to what is written: enough for any honest file, little enough for no harm. */
const MAX_ALIASED_VALUES = 100_000;
const MAX_DEPTH = 200;
const MAX_TOKENS = 300_000;

/** What the full reader made of a text. There is no tree where the file holds nothing or its syntax is broken. */
export interface YamlReading {
  readonly tree?: Node;
  readonly faults: readonly SpanFault[];
}

/** Reads any YAML 1.2 (core schema, merge keys) with the `yaml` library, and words its complaints for people. */
export function readFullYaml(text: string): YamlReading {
  if (hasTooManyTokens(text)) return { faults: [tooMuch] };
  let document: ReturnType<typeof parseDocument>;
  try {
    // Repeated keys are looked for later: the library's own search takes quadratic time.
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults: [tooDeep({ start: 0, end: 1 })] };
  }
  const broken = syntaxFaults(text, document.errors);
  if (broken.some(({ code }) => code === 'syntax' || code === 'unquoted-expression')) return { faults: broken };
  const faults = [...broken, ...noticesOf(document.warnings)];
  const root = document.contents as YamlNode | null | undefined;
  if (root === null || root === undefined || (isScalar(root) && root.source === '')) return { faults };
  const tree = new TreeOfYaml(faults).convert(root);
  return { tree, faults };
}

/** Counts tokens before anything is built of them: the library takes up to a kilobyte and a tenth of a millisecond for each. */
function hasTooManyTokens(text: string): boolean {
  if (text.length <= MAX_TOKENS) return false;
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_TOKENS) return true;
  }
  return false;
}

const tooMuch: SpanFault = {
  severity: 'error',
  code: 'too-large',
  message: 'there is too much in this file for the YAML that it is written in',
  suggestion: 'without anchors, block texts, tabs and lists over several lines, much larger files are read',
  span: { start: 0, end: 1 },
};

const tooDeep = (span: Span): SpanFault => ({
  severity: 'error',
  code: 'too-deep',
  message: 'the values are nested too deeply',
  suggestion: `at most ${MAX_DEPTH} levels are read`,
  span,
});

/** Converts one document. Anchors are kept as they come, since a later one of the same name takes over. */
class TreeOfYaml {
  readonly #anchors = new Map<string, Node | 'open'>();
  readonly #sizes = new Map<Node, number>();
  readonly #faults: SpanFault[];
  #aliased = 0;
  #depth = 0;

  constructor(faults: SpanFault[]) {
    this.#faults = faults;
  }

  /** `emptyAt` is where a value that is not written counts as standing: behind its key. */
  convert(node: unknown, emptyAt?: number): Node {
    if (isAlias(node)) return this.#target(node);
    const span = spanOf(node as YamlNode | null, emptyAt);
    if (this.#depth >= MAX_DEPTH) {
      if (this.#faults.at(-1)?.code !== 'too-deep') this.#fault(span, tooDeep(span));
      return nothing(span);
    }
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    this.#depth += 1;
    const converted = this.#bare(node, span);
    this.#depth -= 1;
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #bare(node: unknown, span: Span): Node {
    if (isMap(node)) return this.#map(node, span);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.convert(item));
      const end = node.flow === true ? span.end : (items.at(-1)?.end ?? span.end);
      return this.#sized({ kind: 'list', items, start: span.start, end }, items);
    }
    if (!isScalar(node)) return nothing(span);
    const { value } = node;
    const plain = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value);
    const text = node.type === Scalar.PLAIN ? (node.source ?? String(value)) : String(value ?? '');
    return { kind: 'scalar', value: plain, text, ...span };
  }

  #map(node: YAMLMap, span: Span): MapNode {
    const entries: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of node.items) {
      const key = pair.key as unknown;
      const keySpan = spanOf(key as YamlNode | null, span.start);
      if (!isScalar(key)) {
        this.#fault(keySpan, {
          code: 'bad-key',
          message: 'a key is wanted here, and it must be text',
          suggestion: 'put quotes around it',
        });
        continue;
      }
      const text = key.type === Scalar.PLAIN ? (key.source ?? '') : String(key.value);
      const value = this.convert(pair.value, keySpan.end);
      if (text === '<<' && key.type === Scalar.PLAIN) merged.push(...this.#merge(value));
      else entries.push({ key: text, keySpan, value });
    }
    const end = node.flow === true ? span.end : (entries.at(-1)?.value.end ?? span.end);
    const children = [...entries, ...merged].map((entry) => entry.value);
    return this.#sized({ kind: 'map', entries, merged, start: span.start, end }, children);
  }

  /** What `<<` brings in: a map, or several of which the earlier win. */
  #merge(value: Node): readonly Entry[] {
    if (value.kind === 'map') return [...value.entries, ...value.merged];
    // Past the limit aliases stand for nothing, which was told once.
    if (this.#aliased > MAX_ALIASED_VALUES) return [];
    if (value.kind === 'list' && value.items.every((item) => item.kind === 'map')) {
      return value.items.flatMap((item) => this.#merge(item));
    }
    this.#fault(value, {
      code: 'bad-merge',
      message: '`<<` takes a map or a list of maps',
      suggestion: 'give it an alias of a map, such as *base',
    });
    return [];
  }

  #target(alias: Alias): Node {
    const span = spanOf(alias, 0);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.#fault(span, {
        code: 'unknown-alias',
        message: `nothing above is called &${alias.source}`,
        suggestion: `put quotes around it if "*${alias.source}" is meant as text`,
      });
      return nothing(span);
    }
    if (target === 'open') {
      this.#fault(span, {
        code: 'alias-in-itself',
        message: `*${alias.source} stands inside of &${alias.source} itself`,
        suggestion: 'a value cannot hold itself',
      });
      return nothing(span);
    }
    const size = this.#sizes.get(target) ?? 1;
    if (this.#aliased + size > MAX_ALIASED_VALUES) {
      if (this.#aliased <= MAX_ALIASED_VALUES) {
        this.#fault(span, {
          code: 'alias-bomb',
          message: `aliases stand for more than ${MAX_ALIASED_VALUES} values`,
          suggestion: 'aliases of aliases multiply: write fewer',
        });
      }
      this.#aliased = Number.POSITIVE_INFINITY;
      return nothing(span);
    }
    this.#aliased += size;
    return target;
  }

  /** Remembers how many values a collection has with all its aliases written out. */
  #sized<T extends Node>(node: T, children: readonly Node[]): T {
    this.#sizes.set(
      node,
      children.reduce((sum, child) => sum + (this.#sizes.get(child) ?? 1), 1),
    );
    return node;
  }

  #fault(span: Span, fault: Omit<SpanFault, 'span' | 'severity'>): void {
    if (this.#faults.length < MAX_FAULTS)
      this.#faults.push({ severity: 'error', ...fault, span: { start: span.start, end: span.end } });
  }
}

const nothing = (span: Span): Node => ({ kind: 'scalar', value: null, text: '', start: span.start, end: span.end });

/** Where a node stands; one that is not written takes no room. */
function spanOf(node: YamlNode | null, emptyAt: number | undefined): Span {
  const start = node?.range?.[0] ?? emptyAt ?? 0;
  const end = node?.range?.[1] ?? start;
  return start === end && emptyAt !== undefined ? { start: emptyAt, end: emptyAt } : { start, end };
}
