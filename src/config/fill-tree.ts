import type { Path } from './path.ts';
import type { Entry, Node, ScalarNode } from './tree.ts';

/**
 * A copy of a tree with its scalars filled in; what `fill` has nothing for stays as it is, and its paths are given. The values of the
 * root's keys in `except` are left alone. What aliases share stays shared, so that the copy is no larger than the tree.
 */
export function fillTree(
  tree: Node,
  except: ReadonlySet<string>,
  fill: (node: ScalarNode) => ScalarNode | undefined,
): { readonly tree: Node; readonly unreadable: readonly Path[] } {
  const copies = new Map<Node, Node>();
  const failed = new Set<Node>();
  const copyOf = (node: Node): Node => {
    if (node.kind === 'scalar') {
      const filled = fill(node);
      if (filled === undefined) failed.add(node);
      return filled ?? node;
    }
    const known = copies.get(node);
    if (known !== undefined) return known;
    const copy = node.kind === 'list' ? { ...node, items: node.items.map(copyOf) } : mapOf(node, withCopy);
    copies.set(node, copy);
    return copy;
  };
  const withCopy = (entry: Entry): Entry => ({ ...entry, value: copyOf(entry.value) });
  const unlessExcepted = (entry: Entry): Entry => (except.has(entry.key) ? entry : withCopy(entry));
  const copy = tree.kind === 'map' ? mapOf(tree, unlessExcepted) : copyOf(tree);
  return { tree: copy, unreadable: failed.size === 0 ? [] : [...pathsTo(failed, copy, [])] };
}

const mapOf = (map: Extract<Node, { kind: 'map' }>, change: (entry: Entry) => Entry): Node => ({
  ...map,
  entries: map.entries.map(change),
  merged: map.merged.map(change),
});

function* pathsTo(wanted: ReadonlySet<Node>, node: Node, path: Path): Generator<Path> {
  if (wanted.has(node)) yield path;
  if (node.kind === 'list')
    for (const [index, item] of node.items.entries()) yield* pathsTo(wanted, item, [...path, index]);
  if (node.kind !== 'map') return;
  for (const { key, value } of [...node.entries, ...node.merged]) yield* pathsTo(wanted, value, [...path, key]);
}
