import { byCodePoint } from '../lib/code-point-order.ts';
import type { HostName, PeerName } from '../model/names.ts';
import type { HostSpec, PeerSpec, Spec } from '../model/spec.ts';

/** A peer, the host entry that it runs on, and the UDP port that it listens on there. */
export interface Placed {
  readonly peer: PeerName;
  readonly host: HostName;
  readonly port: number;
}

/** Peers that ask for tags which no one host has all of. */
interface UnplacedGroup {
  readonly tags: readonly string[];
  readonly peers: readonly PeerName[];
  /** One sentence that names the tags and the peers. */
  readonly message: string;
}

export type Placement =
  | { readonly kind: 'placed'; readonly peers: readonly Placed[] }
  | { readonly kind: 'no-host'; readonly groups: readonly UnplacedGroup[] };

/**
 * Gives every peer a host and a port, as the Rust tool does: peers in code-point order are grouped by their tags, each group goes
 * round-robin over its matching hosts in file order, and ports count up from `base_port` per host entry, across the groups.
 * The result is sorted by peer name and does not depend on the order of the peers in the file.
 */
export function place(spec: Pick<Spec, 'hosts' | 'peers'>): Placement {
  const next = spec.hosts.map((host) => host.basePort);
  const placed: Placed[] = [];
  const unplaced: UnplacedGroup[] = [];
  for (const group of groupsOf(spec.peers)) {
    const matching = spec.hosts.flatMap((host, index) => (hasAll(host, group.tags) ? [{ host, index }] : []));
    if (matching.length === 0) {
      unplaced.push({ ...group, message: noHostMessage(group.tags, group.peers, spec.hosts) });
      continue;
    }
    group.peers.forEach((peer, turn) => {
      const { host, index } = matching[turn % matching.length]!;
      placed.push({ peer, host: host.name, port: next[index]! });
      next[index]! += 1;
    });
  }
  if (unplaced.length > 0) return { kind: 'no-host', groups: unplaced };
  return { kind: 'placed', peers: placed.sort((a, b) => byCodePoint(a.peer, b.peer)) };
}

interface Group {
  readonly tags: readonly string[];
  readonly peers: readonly PeerName[];
}

/** Groups in the order of their tag lists (the untagged one, whose list is empty, is first); peers by name. */
function groupsOf(peers: readonly PeerSpec[]): readonly Group[] {
  const groups = new Map<string, { tags: readonly string[]; peers: PeerName[] }>();
  for (const peer of [...peers].sort((a, b) => byCodePoint(a.name, b.name))) {
    const tags = [...new Set(peer.runsOn)].sort(byCodePoint);
    const key = JSON.stringify(tags);
    const group = groups.get(key) ?? { tags, peers: [] };
    group.peers.push(peer.name);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => byList(a.tags, b.tags));
}

function byList(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = byCodePoint(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const hasAll = (host: HostSpec, tags: readonly string[]): boolean => tags.every((tag) => host.tags.includes(tag));

function noHostMessage(tags: readonly string[], peers: readonly PeerName[], hosts: readonly HostSpec[]): string {
  const who = `${listed(peers)} ${peers.length === 1 ? 'needs' : 'need'}`;
  if (hosts.length === 0) return `there is no host, and ${who} one`;
  return `no host has ${tags.length === 1 ? 'the tag' : 'all the tags'} ${listed(tags)}, which ${who}`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
