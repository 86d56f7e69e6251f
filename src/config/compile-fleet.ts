import { byCodePoint } from '../lib/code-point-order.ts';
import type { ConfigFault } from '../model/fault.ts';
import { hostName, imageRef, type PeerName, peerName } from '../model/names.ts';
import type { HostSpec, PeerSpec, PortSpec, Spec, VolumeSpec } from '../model/spec.ts';
import { connectionOf } from './connection.ts';
import type { Context } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import { hostNames } from './host-names.ts';
import type { Path } from './path.ts';
import { isSelector, type PeerIndex } from './peer-index.ts';
import { isSystemVariable, readEnvironment } from './read-environment.ts';
import { readMemory } from './read-memory.ts';
import { readPort } from './read-port.ts';
import { readVolume } from './read-volume.ts';
import { splitWords } from './split-words.ts';
import type { Host, Peer, TestConfig } from './test-config.generated.ts';

/** More than this is a `*` too many: each address is a message of its own. */
const MAX_ADDRESSES = 1_000_000;

/** The hosts and peers of a test, in the order of the file: all that placement needs. */
export type Fleet = Pick<Spec, 'hosts' | 'peers'>;

/** Hosts and peers with their defaults filled in; reports texts such as ports and volumes that cannot be read. */
export function* compileFleet(
  draft: Draft<TestConfig>,
  index: PeerIndex,
  context: Context,
): Generator<ConfigFault, Fleet> {
  const names = hostNames(draft.hosts ?? [], DEFAULTS.basePort);
  const hosts = (draft.hosts ?? []).map((host, index) => hostOf(host ?? {}, names[index] ?? ''));
  const peers: PeerSpec[] = [];
  let addresses = 0;
  for (const [place, peer] of (draft.peers ?? []).entries()) {
    const bootstrap = addresses > MAX_ADDRESSES ? [] : bootstrapOf(peer ?? {}, index);
    addresses += bootstrap.length;
    if (bootstrap.length > 0 && addresses > MAX_ADDRESSES) {
      const message = `with these there are over ${MAX_ADDRESSES} addresses to be sent`;
      const at = context.locate(['peers', place, 'bootstrap']);
      yield error(at, 'too-many-addresses', message, 'let peers bootstrap from fewer ones');
    }
    peers.push(yield* peerOf(peer ?? {}, ['peers', place], bootstrap, draft, context));
  }
  return { hosts, peers };
}

function hostOf(host: Draft<Host>, name: string): HostSpec {
  const { address = '', runtime = DEFAULTS.hostRuntime, docker_host: dockerHost } = host;
  return {
    name: hostName(name),
    address,
    connection: connectionOf(host),
    runtime:
      runtime === 'process'
        ? { kind: 'process' }
        : { kind: 'docker', ...(dockerHost === undefined ? {} : { dockerHost }) },
    basePort: host.base_port ?? DEFAULTS.basePort,
    tags: sortedTags(host.tags),
  };
}

function* peerOf(
  peer: Draft<Peer>,
  path: Path,
  bootstrap: readonly PeerName[],
  draft: Draft<TestConfig>,
  context: Context,
): Generator<ConfigFault, PeerSpec> {
  const { locate } = context;
  const command = yield* commandOf(peer.command, [...path, 'command'], context);
  const memoryBytes = peer.memory === undefined ? undefined : readMemory(peer.memory);
  if (typeof memoryBytes === 'object') {
    yield error(locate([...path, 'memory']), 'out-of-range', memoryBytes.malformed, 'write 256m or 1g, say');
  }
  return {
    name: peerName(peer.name ?? ''),
    ...(peer.image === undefined ? {} : { image: imageRef(peer.image) }),
    bootstrap,
    environment: environmentOf(peer, path, draft, context),
    runsOn: sortedTags(typeof peer.runs_on === 'string' ? [peer.runs_on] : peer.runs_on),
    ...(command === undefined ? {} : { command }),
    ports: yield* portsOf(peer.ports, [...path, 'ports'], context),
    volumes: yield* volumesOf(peer.volumes, [...path, 'volumes'], context),
    ...(typeof memoryBytes === 'number' ? { memoryBytes } : {}),
    ...(peer.cpus === undefined ? {} : { cpus: peer.cpus }),
  };
}

/** Names as they are written. Where one of them is a selector, each peer that is meant is told of once, and never the peer itself. */
function bootstrapOf(peer: Draft<Peer>, index: PeerIndex): readonly PeerName[] {
  const written = (peer.bootstrap ?? []).filter((name) => name !== undefined);
  if (!written.some(isSelector)) return written.map(peerName);
  const [only = '', ...more] = written;
  if (more.length === 0) return index.select(only).filter((name) => name !== peer.name);
  const meant = new Set(written.flatMap((name) => (isSelector(name) ? index.select(name) : [peerName(name)])));
  meant.delete(peerName(peer.name ?? ''));
  return [...meant];
}

function environmentOf(
  peer: Draft<Peer>,
  path: Path,
  draft: Draft<TestConfig>,
  { textAt }: Context,
): Readonly<Record<string, string>> {
  const variables = [
    ...readEnvironment(draft.peer_environment, ['peer_environment'], textAt),
    ...readEnvironment(peer.environment, [...path, 'environment'], textAt),
  ];
  const own = variables.filter(({ name }) => !isSystemVariable(name));
  return Object.fromEntries(own.map(({ name, value }) => [name, value]));
}

function* commandOf(
  command: Draft<Peer>['command'],
  path: Path,
  { locate }: Context,
): Generator<ConfigFault, readonly string[] | undefined> {
  if (command === undefined) return undefined;
  if (typeof command !== 'string') return command.filter((word) => word !== undefined);
  const words = splitWords(command);
  if (!('malformed' in words)) return words;
  yield error(locate(path), 'bad-format', words.malformed, 'write a list of arguments, such as [./peer, --verbose]');
  return undefined;
}

function* portsOf(
  ports: Draft<Peer>['ports'],
  path: Path,
  { locate }: Context,
): Generator<ConfigFault, readonly PortSpec[]> {
  const read: PortSpec[] = [];
  for (const [index, written] of (ports ?? []).entries()) {
    if (written === undefined) continue;
    const port = readPort(written);
    if ('malformed' in port)
      yield error(locate([...path, index]), 'out-of-range', port.malformed, 'write 8080:80, say');
    else read.push(port);
  }
  return read;
}

function* volumesOf(
  volumes: Draft<Peer>['volumes'],
  path: Path,
  { locate }: Context,
): Generator<ConfigFault, readonly VolumeSpec[]> {
  const read: VolumeSpec[] = [];
  for (const [index, written] of (volumes ?? []).entries()) {
    if (written === undefined) continue;
    const at = locate([...path, index]);
    const volume = readVolume(written);
    if ('malformed' in volume) yield error(at, 'bad-format', volume.malformed, volume.suggestion);
    else if (read.some(({ target }) => target === volume.target)) {
      yield error(at, 'duplicate-volume', `something is mounted at ${volume.target} already`, 'choose another target');
    } else read.push(volume);
  }
  return read;
}

function sortedTags(tags: readonly (string | undefined)[] | null | undefined): readonly string[] {
  return [...new Set((tags ?? []).filter((tag) => tag !== undefined))].sort(byCodePoint);
}
