import type { Desired } from '../model/desired.ts';
import { containerName, type HostName, type PeerName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import type { Machine } from './machines.ts';

/** Something of ours that is no longer wanted where it stands. */
export interface Orphan {
  readonly on: HostName;
  readonly actual: ObservedContainer;
  readonly change: Change;
}

/** Everything that has this test's label and is not wanted on the machine where it stands. The managed Redis is not among it. */
export function orphans(desired: Desired, machines: readonly Machine[]): readonly Orphan[] {
  const wanted = new Map<PeerName, HostName>(desired.peers.map(({ peer, host }) => [peer, host]));
  return machines.flatMap((machine) => {
    if (machine.seen.kind === 'unasked') return [];
    const names = new Set(
      desired.peers.filter(({ host }) => machine.entries.includes(host)).map(({ peer }) => containerName(peer)),
    );
    return machine.seen.containers
      .filter(({ labels, name }) => labels?.test === desired.spec.test && labels.peer !== undefined && !names.has(name))
      .map((actual) => orphan(actual, machine, wanted, desired));
  });
}

function orphan(
  actual: ObservedContainer,
  machine: Machine,
  wanted: ReadonlyMap<PeerName, HostName>,
  { spec }: Desired,
): Orphan {
  const on = entryOf(actual, machine);
  const peer = actual.labels?.peer;
  const now = peer === undefined ? undefined : wanted.get(peer);
  const elsewhere = now !== undefined && !machine.entries.includes(now);
  const kind = spec.hosts.find(({ name }) => name === on)?.runtime.kind === 'process' ? 'process' : 'container';
  return {
    on,
    actual,
    change: {
      kind: 'remove',
      on,
      resource: { kind, name: actual.name, ...(peer === undefined ? {} : { peer }) },
      because: elsewhere ? `now on ${now}` : 'no longer in the config',
      forcedBy: [],
    },
  };
}

/** The host entry that a container counts for: the one it was placed on, where that still leads to this machine. */
export function entryOf({ labels }: ObservedContainer, { entries }: Machine): HostName {
  return entries.find((entry) => entry === labels?.host) ?? entries[0]!;
}
