import type { ConfigFault } from '../model/fault.ts';
import type { HostName, PeerName } from '../model/names.ts';
import type { HostSpec, PeerSpec, PortSpec } from '../model/spec.ts';
import type { Fleet } from './compile-fleet.ts';
import { error, warning } from './faults.ts';
import type { Path } from './path.ts';
import type { Locate } from './source.ts';

/** A peer with its host entry and its own UDP port. */
export interface PlacedPeer {
  readonly peer: PeerName;
  readonly host: HostName;
  readonly port: number;
}

interface Seat {
  readonly peer: PeerSpec;
  readonly peerPath: Path;
  readonly host: HostSpec;
  readonly hostPath: Path;
  readonly port: number;
}

/**
 * What can be told only when every peer has its host: ports that are too high or taken twice, peers that lack what their host's
 * runtime needs, keys and hosts that are of no use. `fleet` is in the order of the file, which is how
 * places are found; `redisPort` is the TCP port that a managed Redis takes on the control machine.
 */
export function checkPlacement(
  fleet: Fleet,
  placed: readonly PlacedPeer[],
  locate: Locate,
  options: { readonly redisPort?: number } = {},
): readonly ConfigFault[] {
  const seats = seatsOf(fleet, placed);
  return [
    ...portsTooHigh(seats, locate),
    ...portsTakenTwice(seats, options.redisPort, locate),
    ...seats.flatMap((seat) => [...runtimeFaults(seat, locate)]),
    ...idleHosts(fleet, placed, locate),
  ];
}

function seatsOf(fleet: Fleet, placed: readonly PlacedPeer[]): readonly Seat[] {
  const peers = new Map(fleet.peers.map((peer, index) => [peer.name, { peer, peerPath: ['peers', index] }]));
  const hosts = new Map(fleet.hosts.map((host, index) => [host.name, { host, hostPath: ['hosts', index] }]));
  return placed.flatMap(({ peer, host, port }) => {
    const who = peers.get(peer);
    const where = hosts.get(host);
    return who === undefined || where === undefined ? [] : [{ ...who, ...where, port }];
  });
}

/** One fault a host, at its base port. */
function* portsTooHigh(seats: readonly Seat[], locate: Locate): Generator<ConfigFault> {
  const told = new Set<HostName>();
  for (const { peer, host, hostPath, port } of seats) {
    if (port <= 65535 || told.has(host.name)) continue;
    told.add(host.name);
    const count = seats.filter((seat) => seat.host === host).length;
    const message = `${peer.name} would have the port ${port}, and the highest is 65535`;
    const suggestion = `a base_port of at most ${65536 - count} has room for the ${count} peers of ${host.name}`;
    yield error(locate([...hostPath, 'base_port']), 'port-too-high', message, suggestion);
  }
}

function* portsTakenTwice(
  seats: readonly Seat[],
  redisPort: number | undefined,
  locate: Locate,
): Generator<ConfigFault> {
  const taken = new Map<string, string>();
  if (redisPort !== undefined) taken.set(slot('local', redisPort, 'tcp'), 'Redis');
  for (const { peer, peerPath, host, hostPath, port } of seats) {
    const machine = machineOf(host);
    const own = slot(machine, port, 'udp');
    const holder = taken.get(own);
    if (holder !== undefined) {
      const message = `${peer.name} and ${holder} would both have ${host.address} port ${port}/udp`;
      const suggestion = 'give host entries of one machine base ports that lie further apart';
      yield error(locate([...hostPath, 'base_port']), 'same-port', message, suggestion);
    }
    taken.set(own, peer.name);
    if (host.runtime.kind === 'process') continue;
    for (const [index, published] of peer.ports.entries()) {
      yield* publish(published, [...peerPath, 'ports', index], peer.name, host, taken, locate);
    }
  }
}

function* publish(
  { hostPort, protocol }: PortSpec,
  path: Path,
  peer: string,
  host: HostSpec,
  taken: Map<string, string>,
  locate: Locate,
): Generator<ConfigFault> {
  const key = slot(machineOf(host), hostPort, protocol);
  const holder = taken.get(key);
  if (holder === undefined) {
    taken.set(key, peer);
    return;
  }
  const message =
    holder === peer
      ? `${peer} has port ${hostPort}/${protocol} on ${host.name} already`
      : `${holder} has port ${hostPort}/${protocol} on ${host.name} already`;
  yield error(locate(path), 'same-port', message, 'publish another port, or send one of them elsewhere with runs_on');
}

const slot = (machine: string, port: number, protocol: 'tcp' | 'udp'): string => `${machine} ${port}/${protocol}`;

/** Entries with one address are one machine, unless their SSH ports lead to different ones behind it. */
function machineOf({ address, connection }: HostSpec): string {
  if (connection.kind === 'local') return 'local';
  return `${address.toLowerCase()} ${connection.port ?? ''}`;
}

function* runtimeFaults({ peer, peerPath, host }: Seat, locate: Locate): Generator<ConfigFault> {
  const at = locate([...peerPath, 'name']);
  if (host.runtime.kind === 'docker') {
    if (peer.image !== undefined) return;
    const message = `${peer.name} is placed on ${host.name}, which runs containers, and has no image`;
    yield error(at, 'missing-image', message, 'add `image:`, or place it elsewhere with runs_on');
    return;
  }
  if (peer.command === undefined) {
    const message = `${peer.name} is placed on ${host.name}, which runs processes, and has no command`;
    yield error(at, 'missing-command', message, 'add `command:`, or place it elsewhere with runs_on');
  }
  const useless = [
    ...(peer.ports.length > 0 ? ['ports'] : []),
    ...(peer.volumes.length > 0 ? ['volumes'] : []),
    ...(peer.memoryBytes === undefined ? [] : ['memory']),
    ...(peer.cpus === undefined ? [] : ['cpus']),
  ];
  for (const key of useless) {
    const message = `\`${key}\` does nothing: ${peer.name} is placed on ${host.name}, which runs processes`;
    yield warning(locate([...peerPath, key], 'key'), 'unused-key', message);
  }
}

function* idleHosts(fleet: Fleet, placed: readonly PlacedPeer[], locate: Locate): Generator<ConfigFault> {
  const busy = new Set(placed.map(({ host }) => host));
  for (const [index, host] of fleet.hosts.entries()) {
    if (busy.has(host.name) || fleet.peers.length === 0) continue;
    yield warning(locate(['hosts', index]), 'idle-host', `no peer is placed on ${host.name}`);
  }
}
