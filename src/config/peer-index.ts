import { type PeerName, peerName } from '../model/names.ts';
import type { Draft } from './draft.ts';
import type { TestConfig } from './test-config.generated.ts';

/** The peers of a config, to be found by name, by pattern and by tag. */
export interface PeerIndex {
  /** In the order of the file, each once. */
  readonly names: ReadonlySet<PeerName>;
  /** The tags that peers have in `runs_on`. */
  readonly tags: readonly string[];
  /** Every name could be read, so that what is not among them is not there. */
  readonly complete: boolean;
  /** The peers that a selector means, in the order of the file: a name, a glob such as `worker-*`, or `tag:gpu`. */
  readonly select: (selector: string) => readonly PeerName[];
  /** The peers that any of these selectors means, each once, in the order of the file. */
  readonly selectAll: (selectors: readonly string[]) => readonly PeerName[];
}

/** Whether a text means peers by what they have in common. No name of a peer holds a `*` or a `:`. */
export const isSelector = (text: string): boolean => text.includes('*') || text.startsWith(TAG);

const TAG = 'tag:';
const NONE: readonly PeerName[] = [];

/** Goes through the peers once; a glob is matched once, however often it is written. */
export function peerIndex(draft: Draft<TestConfig>): PeerIndex {
  const positions = new Map<PeerName, number>();
  const tagged = new Map<string, PeerName[]>();
  for (const peer of draft.peers ?? []) {
    if (peer?.name === undefined) continue;
    const name = peerName(peer.name);
    if (positions.has(name)) continue;
    positions.set(name, positions.size);
    for (const tag of new Set(typeof peer.runs_on === 'string' ? [peer.runs_on] : (peer.runs_on ?? []))) {
      if (tag === undefined) continue;
      const others = tagged.get(tag);
      if (others === undefined) tagged.set(tag, [name]);
      else others.push(name);
    }
  }
  const names = new Set(positions.keys());
  const globs = new Map<string, readonly PeerName[]>();
  const select = (selector: string): readonly PeerName[] => {
    if (selector.startsWith(TAG)) return tagged.get(selector.slice(TAG.length)) ?? NONE;
    if (!selector.includes('*')) return names.has(peerName(selector)) ? [peerName(selector)] : NONE;
    const known = globs.get(selector);
    if (known !== undefined) return known;
    const matches = globMatcher(selector);
    const found = [...names].filter(matches);
    globs.set(selector, found);
    return found;
  };
  return {
    names,
    tags: [...tagged.keys()],
    complete: draft.peers !== undefined && (draft.peers ?? []).every((peer) => peer?.name !== undefined),
    select,
    selectAll: (selectors) => {
      const [only, ...more] = selectors;
      if (only !== undefined && more.length === 0) return select(only);
      const found = new Set(selectors.flatMap(select));
      const place = (name: PeerName): number => positions.get(name) ?? 0;
      return [...found].sort((a, b) => place(a) - place(b));
    },
  };
}

/** Matches whole names; `*` stands for any characters, or none. Piece by piece from the left, so that no glob takes long. */
function globMatcher(glob: string): (name: string) => boolean {
  const pieces = glob.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const inner = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    const end = name.length - last.length;
    for (const piece of inner) {
      const found = name.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
