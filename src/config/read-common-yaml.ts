import { plainScalar } from './plain-scalar.ts';
import type { Entry, ListNode, MapNode, Node, ScalarNode } from './tree.ts';

/** Deeper files are left to the full reader. */
const MAX_DEPTH = 40;

/** Tabs, carriage returns, inner byte order marks, and what JavaScript but not YAML takes for an end of line. */
const UNCOMMON = /[\t\r\ufeff\u2028\u2029]/;
const KEY = /[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}(?=:(?: |$))/my;
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
/** Characters that begin something else than a plain scalar; `-`, `?` and `:` sometimes would, but seldom do. */
const INDICATOR = /[-?:,[\]{}#&*!|>'"%@`]/;
const REST_OF_LINE = / *(?:$| #.*$)/my;
const SPACES = / */y;

/** Thrown and caught in this file alone, to leave a recursive descent at once. */
const UNCOMMON_YAML = Symbol('uncommon YAML');

/**
 * The tree of a file that keeps to the YAML most configs are written in: block maps and lists, one-line `[…]`, `{…}`, quoted and
 * plain scalars, comments. Anything else, faulty or only rare, gives undefined and is the full reader's. Tests hold the two to the
 * same tree. It is here because for a file of 100 peers in a fresh process the full reader takes more than ten times as long.
 */
export function readCommonYaml(text: string): Node | undefined {
  if (UNCOMMON.test(text)) return undefined;
  try {
    return new CommonYaml(text).document();
  } catch (error) {
    if (error === UNCOMMON_YAML) return undefined;
    throw error;
  }
}

/** One pass over one text. `at` is where the present line's content begins, behind its indent. */
class CommonYaml {
  readonly #text: string;
  #at = 0;
  #indent = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#toContent(0);
  }

  document(): Node {
    if (this.#text.startsWith('---\n', this.#at) && this.#indent === 0) this.#toContent(this.#at + 4);
    if (this.#ended || this.#indent !== 0) throw UNCOMMON_YAML;
    const root = this.#block(0);
    if (!this.#ended) throw UNCOMMON_YAML;
    return root;
  }

  get #ended(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Goes on to the first content at or after `lineStart`, past blank lines and comments. */
  #toContent(lineStart: number): void {
    let start = lineStart;
    while (start < this.#text.length) {
      const at = this.#match(SPACES, start);
      const character = this.#text[at];
      if (character !== undefined && character !== '\n' && character !== '#') {
        this.#at = at;
        this.#indent = at - start;
        return;
      }
      const end = this.#text.indexOf('\n', at);
      if (end < 0) break;
      start = end + 1;
    }
    this.#at = this.#text.length;
    this.#indent = -1;
  }

  /** End of the match at `from`; without one the file is uncommon. */
  #match(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) throw UNCOMMON_YAML;
    return pattern.lastIndex;
  }

  /** End of the key at `from`, or undefined where there is none. */
  #key(from: number): number | undefined {
    KEY.lastIndex = from;
    return KEY.test(this.#text) ? KEY.lastIndex : undefined;
  }

  #isItem(at: number): boolean {
    return this.#text[at] === '-' && this.#text[at + 1] === ' ';
  }

  /** The list or map whose first line is the present one. */
  #block(indent: number): Node {
    this.#deeper();
    const node = this.#isItem(this.#at) ? this.#list(indent) : this.#map(indent);
    this.#depth -= 1;
    return node;
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw UNCOMMON_YAML;
  }

  #list(indent: number): ListNode {
    const items: Node[] = [];
    const start = this.#at;
    while (!this.#ended && this.#indent === indent && this.#isItem(this.#at)) {
      const content = this.#match(SPACES, this.#at + 1);
      if (this.#isItem(content)) throw UNCOMMON_YAML;
      if (this.#key(content) === undefined) {
        items.push(this.#inline(content));
      } else {
        // `- name: alice`: a map whose keys stand under the first one.
        this.#indent = indent + content - this.#at;
        this.#at = content;
        items.push(this.#block(this.#indent));
      }
    }
    return { kind: 'list', items, start, end: items.at(-1)?.end ?? start };
  }

  #map(indent: number): MapNode {
    const entries: Entry[] = [];
    const start = this.#at;
    while (!this.#ended && this.#indent === indent) {
      const keyEnd = this.#key(this.#at);
      if (keyEnd === undefined) {
        if (this.#isItem(this.#at)) break;
        throw UNCOMMON_YAML;
      }
      const keySpan = { start: this.#at, end: keyEnd };
      entries.push({ key: this.#text.slice(this.#at, keyEnd), keySpan, value: this.#valueOf(keyEnd, indent) });
    }
    return { kind: 'map', entries, merged: [], start, end: entries.at(-1)?.value.end ?? start };
  }

  /** What stands behind a key, on its line or below it. */
  #valueOf(keyEnd: number, indent: number): Node {
    REST_OF_LINE.lastIndex = keyEnd + 1;
    if (!REST_OF_LINE.test(this.#text)) return this.#inline(this.#match(SPACES, keyEnd + 1));
    this.#toContent(REST_OF_LINE.lastIndex + 1);
    const below = this.#indent > indent || (this.#indent === indent && this.#isItem(this.#at));
    if (!this.#ended && below) return this.#block(this.#indent);
    return { kind: 'scalar', value: null, text: '', start: keyEnd, end: keyEnd };
  }

  /**
   * A value on one line, with nothing but a comment behind it. Deeper lines below would continue it; they fit no list or map, and so
   * end the reading.
   */
  #inline(from: number): Node {
    const node = this.#flow(from, false);
    const end = this.#match(REST_OF_LINE, node.end);
    this.#toContent(end + 1);
    return node;
  }

  #flow(from: number, inside: boolean): Node {
    switch (this.#text[from]) {
      case '[':
        return this.#flowList(from);
      case '{':
        return this.#flowMap(from);
      case '"': {
        const end = this.#match(DOUBLE_QUOTED, from);
        const value: string = JSON.parse(this.#text.slice(from, end));
        return { kind: 'scalar', value, text: value, start: from, end };
      }
      case "'": {
        const end = this.#match(SINGLE_QUOTED, from);
        const value = this.#text.slice(from + 1, end - 1).replaceAll("''", "'");
        return { kind: 'scalar', value, text: value, start: from, end };
      }
      default:
        return this.#plain(from, inside);
    }
  }

  #plain(from: number, inside: boolean): ScalarNode {
    const first = this.#text[from] ?? '\n';
    const negative = first === '-' && /[0-9.]/.test(this.#text[from + 1] ?? '');
    if (first === '\n' || (INDICATOR.test(first) && !negative)) throw UNCOMMON_YAML;
    let end = from;
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '\n') break;
      if (inside && (character === ',' || character === ']' || character === '}')) break;
      if (inside && (character === '[' || character === '{')) throw UNCOMMON_YAML;
      if (character === '#' && this.#text[at - 1] === ' ') break;
      if (character === ':' && /[\s,[\]{}]|^$/.test(this.#text[at + 1] ?? '')) throw UNCOMMON_YAML;
      if (character !== ' ') end = at + 1;
    }
    const text = this.#text.slice(from, end);
    return { kind: 'scalar', value: plainScalar(text), text, start: from, end };
  }

  #flowList(from: number): ListNode {
    this.#deeper();
    const items: Node[] = [];
    let at = this.#match(SPACES, from + 1);
    while (this.#text[at] !== ']') {
      const item = this.#flow(at, true);
      items.push(item);
      at = this.#behind(item, ']');
    }
    this.#depth -= 1;
    return { kind: 'list', items, start: from, end: at + 1 };
  }

  #flowMap(from: number): MapNode {
    this.#deeper();
    const entries: Entry[] = [];
    let at = this.#match(SPACES, from + 1);
    while (this.#text[at] !== '}') {
      const keyEnd = this.#key(at);
      if (keyEnd === undefined) throw UNCOMMON_YAML;
      const value = this.#flow(this.#match(SPACES, keyEnd + 1), true);
      entries.push({ key: this.#text.slice(at, keyEnd), keySpan: { start: at, end: keyEnd }, value });
      at = this.#behind(value, '}');
    }
    this.#depth -= 1;
    return { kind: 'map', entries, merged: [], start: from, end: at + 1 };
  }

  /** Where the next part of a `[…]` or `{…}` begins, or its end stands. */
  #behind(node: Node, close: ']' | '}'): number {
    const at = this.#match(SPACES, node.end);
    if (this.#text[at] === close) return at;
    if (this.#text[at] !== ',') throw UNCOMMON_YAML;
    return this.#match(SPACES, at + 1);
  }
}
