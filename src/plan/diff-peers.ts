import { byCodePoint } from '../lib/code-point-order.ts';
import type { Desired, DesiredPeer } from '../model/desired.ts';
import { containerName, type HostName, type ImageRef, type PeerName, type RunId } from '../model/names.ts';
import type { ObservedContainer, UsedRun } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import { clashes } from './clashes.ts';
import type { RedisStanding } from './diff-redis.ts';
import type { ImageSource } from './image-source.ts';
import { imageStandard } from './image-standard.ts';
import { type Judgement, judge } from './judge.ts';
import type { Machine } from './machines.ts';
import { specLabel } from './spec-label.ts';

/** Addresses that peers are given, as seen from their hosts. A host is missing where it was not asked or none can be told. */
export interface PeerAddresses {
  /** `host:port` of Redis. */
  readonly redis: ReadonlyMap<HostName, string>;
  /** How other hosts reach this one. */
  readonly host: ReadonlyMap<HostName, string>;
}

export interface PeersInput {
  readonly desired: Desired;
  readonly machines: readonly Machine[];
  readonly sources: ReadonlyMap<ImageRef, ImageSource>;
  readonly redis: RedisStanding;
  readonly usedRuns: readonly UsedRun[];
  /** They run, but have never reported a status. */
  readonly silentPeers: ReadonlySet<PeerName>;
  readonly addresses: PeerAddresses;
}

/** What becomes of one peer that is desired. */
export interface PeerDecision {
  readonly desired: DesiredPeer;
  readonly change: Change;
  /** The label for a new one. */
  readonly label: string;
  /** What stands there and has to go first. */
  readonly remove: readonly ObservedContainer[];
}

export interface PeersDecision {
  /** By peer name. */
  readonly peers: readonly PeerDecision[];
  readonly resumes?: RunId;
}

/** What to do about each desired peer. Peers of one run stay together: of several runs whose peers could stay, the latest wins. */
export function diffPeers(input: PeersInput): PeersDecision {
  const clashing = clashes(input.desired, input.machines);
  const drafts = input.desired.peers.map((peer) => draft(peer, input));
  const runs = drafts.flatMap(({ found }) =>
    found.flatMap(({ verdict }) => (verdict.kind === 'keep' ? [verdict.run] : [])),
  );
  const resumes = [...runs].sort(byCodePoint).at(-1);
  const peers = drafts.map((one) => decide(one, resumes, clashing, input));
  return { peers, ...(resumes === undefined ? {} : { resumes }) };
}

interface PeerDraft {
  readonly desired: DesiredPeer;
  readonly machine: Machine | undefined;
  readonly label: string;
  /** What has the peer's name on its machine: one container at most, but any number of processes. */
  readonly found: readonly { readonly actual: ObservedContainer; readonly verdict: Judgement }[];
}

function draft(desired: DesiredPeer, input: PeersInput): PeerDraft {
  const { host, peer, workload } = desired;
  const machine = input.machines.find(({ entries }) => entries.includes(host));
  const { redis } = input.desired;
  const address = input.addresses.redis.get(host);
  const label = specLabel(desired, {
    // An external URL says more than its address: the database, the user, TLS.
    redisAddress: redis.kind === 'external' && address !== undefined ? `${address} ${redis.display}` : address,
    hostAddress: input.addresses.host.get(host),
  });
  const seen = machine?.seen;
  if (seen === undefined || seen.kind === 'unasked') return { desired, machine, label, found: [] };
  const ref = workload.kind === 'container' ? workload.image : undefined;
  const source = ref === undefined ? undefined : input.sources.get(ref);
  const standard = {
    test: input.desired.spec.test,
    desired,
    label,
    image: ref === undefined || source === undefined ? ({ kind: 'none' } as const) : imageStandard(source, ref, seen),
    imageThere: ref === undefined ? undefined : seen.images.get(ref)?.identity,
    redis: input.redis,
    usedRuns: input.usedRuns,
    silent: input.silentPeers.has(peer),
  };
  const named = seen.containers.filter(({ name }) => name === containerName(peer));
  return { desired, machine, label, found: named.map((actual) => ({ actual, verdict: judge(actual, standard) })) };
}

function decide(
  { desired, machine, label, found }: PeerDraft,
  resumes: RunId | undefined,
  clashing: ReadonlyMap<PeerName, string>,
  input: PeersInput,
): PeerDecision {
  const line = (kind: Change['kind'], because: string, forcedBy: readonly string[] = []): Change => ({
    ...peerLine(desired, kind, because),
    forcedBy,
  });
  const untouched = (because: string): PeerDecision => ({
    desired,
    label,
    remove: [],
    change: line('conflict', because),
  });
  const clash = clashing.get(desired.peer);
  if (clash !== undefined) return untouched(clash);
  for (const { verdict } of found) if (verdict.kind === 'conflict') return untouched(verdict.because);

  const stays = found.find(({ verdict }) => verdict.kind === 'keep' && verdict.run === resumes);
  const remove = found.filter((one) => one !== stays).map(({ actual }) => actual);
  if (stays !== undefined) {
    const twice = remove.length > 0 ? '; there is more than one of it' : '';
    return { desired, label, remove, change: line(remove.length > 0 ? 'update' : 'keep', `as it should be${twice}`) };
  }
  const first = found[0];
  if (first === undefined) {
    const because = machine?.seen.kind === 'unasked' ? machine.seen.because : movedFrom(desired, machine, input);
    return { desired, label, remove, change: line('add', because) };
  }
  const { verdict } = first;
  return {
    desired,
    label,
    remove,
    change:
      verdict.kind === 'replace'
        ? line('replace', verdict.because, verdict.forcedBy)
        : line('replace', `belongs to the earlier run ${verdict.kind === 'keep' ? verdict.run : ''}`),
  };
}

function movedFrom({ peer }: DesiredPeer, to: Machine | undefined, { desired, machines }: PeersInput): string {
  const from = machines.find(
    ({ seen, entries }) =>
      entries !== to?.entries &&
      seen.kind === 'known' &&
      seen.containers.some(({ labels }) => labels?.test === desired.spec.test && labels.peer === peer),
  );
  return from === undefined ? 'not there' : `not there; it was on ${from.entries[0]}`;
}

/** A line of the plan about a desired peer. */
function peerLine({ peer, host, port, workload }: DesiredPeer, kind: Change['kind'], because: string): Change {
  const resource = { kind: workload.kind, name: containerName(peer), peer, port };
  return { kind, on: host, resource, because, forcedBy: [] };
}
