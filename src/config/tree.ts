import type { Path } from './path.ts';

/** A piece of the text: offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A YAML value with its place in the text; aliases lead to the node they name, and merge keys are taken apart. */
export type Node = ScalarNode | MapNode | ListNode;

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** What the file says, without quotes: `1.10` where the value is 1.1. */
  readonly text: string;
}

export interface MapNode extends Span {
  readonly kind: 'map';
  /** In the order of the file, repeated keys included. */
  readonly entries: readonly Entry[];
  /** Entries that `<<` brings in, nearest first; a map's own entries win over them. */
  readonly merged: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Node;
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

/** What a path leads to: a node, and the entry before it where its parent is a map. */
export interface Found {
  readonly node: Node;
  readonly entry?: Entry;
}

/** The entries of a map that count, each key once: those that `<<` brings in, then its own, which win. */
export function effectiveEntries({ entries, merged }: MapNode): readonly Entry[] {
  const own = new Map([...entries].reverse().map((entry) => [entry.key, entry]));
  const brought = new Map([...merged].reverse().map((entry) => [entry.key, entry]));
  return [...[...brought.values()].reverse().filter(({ key }) => !own.has(key)), ...[...own.values()].reverse()];
}

/** Follows paths through one tree; a path that leaves it gives undefined. Maps are indexed as they are met. */
export function createLookup(root: Node): (path: Path) => Found | undefined {
  const indices = new Map<MapNode, ReadonlyMap<string, Entry>>();
  const entryOf = (map: MapNode, key: string): Entry | undefined => {
    let index = indices.get(map);
    // A map's own entries win over merged ones, and the first of a repeated key counts: what comes last here stays.
    index ??= new Map([...map.entries, ...map.merged].reverse().map((entry) => [entry.key, entry]));
    indices.set(map, index);
    return index.get(key);
  };
  return (path) => {
    let found: Found = { node: root };
    for (const step of path) {
      const { node } = found;
      if (node.kind === 'map') {
        const entry = entryOf(node, String(step));
        if (entry === undefined) return undefined;
        found = { node: entry.value, entry };
      } else {
        const item = node.kind === 'list' ? node.items[Number(step)] : undefined;
        if (item === undefined) return undefined;
        found = { node: item };
      }
    }
    return found;
  };
}

/** The plain value of a tree: maps without a prototype, so that no key of a file means anything to JavaScript. Nothing is shared. */
export function plainValue(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'map': {
      const map: Record<string, unknown> = Object.create(null);
      for (const entries of [node.entries, node.merged]) {
        for (const { key, value } of entries) {
          if (!(key in map)) map[key] = plainValue(value);
        }
      }
      return map;
    }
  }
}
