import type { Desired, DesiredPeer } from '../model/desired.ts';
import { containerName, type PeerName, REDIS_CONTAINER } from '../model/names.ts';
import type { Machine } from './machines.ts';

/**
 * Peers that ask for a port or name which an earlier peer, or the managed Redis, has on the same machine, with what to say of it. The config
 * cannot tell: only its engine shows that two host entries lead to one machine, or that one is the control machine.
 */
export function clashes(desired: Desired, machines: readonly Machine[]): ReadonlyMap<PeerName, string> {
  const found = new Map<PeerName, string>();
  for (const machine of machines) {
    const holders = new Map<string, string>();
    if (machine.seen.kind === 'known' && machine.seen.isControl) {
      for (const claim of redisClaims(desired)) holders.set(claim, "the test's Redis");
    }
    for (const peer of desired.peers.filter(({ host }) => machine.entries.includes(host))) {
      const claims = claimsOf(peer);
      const taken = claims.find((claim) => holders.has(claim));
      if (taken === undefined) for (const claim of claims) holders.set(claim, peer.peer);
      else found.set(peer.peer, `${taken} is taken by ${holders.get(taken)} on the same machine: ${adviceFor(taken)}`);
    }
  }
  return found;
}

function redisClaims({ redis }: Desired): readonly string[] {
  if (redis.kind === 'external') return [];
  const port = `port ${redis.port}/tcp`;
  return redis.kind === 'container' ? [`name ${REDIS_CONTAINER}`, port] : [port];
}

function claimsOf({ peer, port, workload }: DesiredPeer): readonly string[] {
  const own = `port ${port}/udp`;
  if (workload.kind === 'process') return [own];
  const published = workload.ports.map((one) => `port ${one.hostPort}/${one.protocol}`);
  return [`name ${containerName(peer)}`, own, ...published];
}

const adviceFor = (claim: string): string =>
  claim.startsWith('name ') ? 'give the peer another name' : 'change base_port or ports';
