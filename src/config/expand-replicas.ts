import type { ConfigFault } from '../model/fault.ts';
import { peerNameFault } from '../model/names.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import { withOrigins } from './origins.ts';
import type { TestConfig } from './test-config.generated.ts';

/** The most peers that a config may have by writing `replicas`; without it there is no such limit. */
const MAX_PEERS = 10_000;

/** A draft in which something short was written out, and how to find the places of its values in the file. */
export interface Expanded {
  readonly draft: Draft<TestConfig>;
  readonly context: Context;
}

/** Makes the peers of each entry with `replicas`: `worker` becomes `worker-1`, `worker-2` and so on, where it stands. */
export function* expandReplicas(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault, Expanded> {
  const entries = draft.peers ?? [];
  const replicas = new Map<string, number>();
  const peers: (typeof entries)[number][] = [];
  const origins: number[] = [];
  let unknown = false;
  for (const [origin, peer] of entries.entries()) {
    const { name, replicas: count, ...rest } = peer ?? {};
    // Without their number the names of its peers are not known either.
    if (peer !== undefined && 'replicas' in peer && count === undefined) {
      peers.push({ ...rest, name: undefined });
      origins.push(origin);
      unknown = true;
      continue;
    }
    // An entry whose own name is at fault is left as it is: the fault is to tell of that name.
    if (name === undefined || count === undefined || peerNameFault(name) !== undefined) {
      peers.push(peer);
      origins.push(origin);
      continue;
    }
    if (peers.length + count > MAX_PEERS) {
      const message = `with these ${count} there would be ${peers.length + count} peers, and ${MAX_PEERS} is the most`;
      yield error(context.locate(['peers', origin, 'replicas']), 'too-many-peers', message, 'write fewer replicas');
      return { draft, context };
    }
    replicas.set(name, count);
    for (let number = 1; number <= count; number++) {
      peers.push({ ...rest, name: `${name}-${number}` });
      origins.push(origin);
    }
  }
  if (replicas.size === 0 && !unknown) return { draft, context };
  return { draft: { ...draft, peers }, context: { ...withOrigins(context, 'peers', origins), replicas } };
}
