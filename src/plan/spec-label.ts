import { byCodePoint } from '../lib/code-point-order.ts';
import { canonicalJson, digest } from '../lib/digest.ts';
import type { DesiredPeer, Workload } from '../model/desired.ts';
import { SYSTEM_ENVIRONMENT } from '../model/wire.ts';

/** What a run adds to a workload, as far as it is the same in every run. */
export interface Surroundings {
  /** How the peer reaches Redis, without a password; undefined where it is not known. */
  readonly redisAddress: string | undefined;
  /** How other hosts reach the peer's host; undefined where it is not known. */
  readonly hostAddress: string | undefined;
}

/** The forcing attribute of a label that cannot be read: it was written by something else, or not at all. */
export const UNKNOWN_LABEL = 'unknown label';

const DIGEST_LENGTH = 12;
const PAIR = new RegExp(`^([a-z][a-z-]*)=([0-9a-f]{${DIGEST_LENGTH}})$`);

/**
 * The value of the label `io.the-mule.spec`: `image=1f3a… environment=…`, a short digest for each attribute that is set, always in the
 * same order. Digests of the attributes and not of the whole, so that a plan can name the one whose change forces a replacement.
 * Neither a secret nor anything of one run goes in.
 */
export function specLabel(peer: DesiredPeer, around: Surroundings): string {
  const attributes: readonly (readonly [string, unknown])[] = [
    ...workloadAttributes(peer.workload),
    ['listen', peer.port],
    ['host', peer.workload.environment['HOST_NAME']],
    ['host-address', around.hostAddress],
    ['redis-address', around.redisAddress],
  ];
  return attributes
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${digest(value).slice(0, DIGEST_LENGTH)}`)
    .join(' ');
}

/** The digests in a label by attribute, or undefined where it is not one of ours. */
export function parseSpecLabel(label: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  for (const pair of label.split(' ')) {
    const [, name, value] = PAIR.exec(pair) ?? [];
    if (name === undefined || value === undefined || attributes.has(name)) return undefined;
    attributes.set(name, value);
  }
  return attributes;
}

/** Names of the attributes in which two labels differ, in the order of the wanted one; `[UNKNOWN_LABEL]` where the actual cannot be read. */
export function changedAttributes(actual: string, wanted: string): readonly string[] {
  if (actual === wanted) return [];
  const was = parseSpecLabel(actual);
  const now = parseSpecLabel(wanted);
  if (was === undefined || now === undefined) return [UNKNOWN_LABEL];
  return [...new Set([...now.keys(), ...was.keys()])].filter((name) => was.get(name) !== now.get(name));
}

function workloadAttributes(workload: Workload): readonly (readonly [string, unknown])[] {
  const environment = ['environment', ownEnvironment(workload.environment)] as const;
  if (workload.kind === 'process') {
    return [
      ['program', workload.command[0]],
      ['arguments', workload.command.length > 1 ? workload.command.slice(1) : undefined],
      ['working-directory', workload.workingDirectory],
      environment,
    ];
  }
  return [
    ['image', workload.image],
    environment,
    ['command', workload.command],
    ['ports', asSet(workload.ports)],
    ['volumes', asSet(workload.volumes)],
    ['memory', workload.memoryBytes],
    ['cpus', workload.cpus],
  ];
}

/** Without the system's own variables: those follow from the peer's name, port and host, which have attributes of their own. */
function ownEnvironment(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  const reserved: readonly string[] = SYSTEM_ENVIRONMENT;
  const own = Object.entries(environment).filter(([name]) => !reserved.includes(name));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** The members in an order of their own, since to list ports or volumes differently changes nothing. */
function asSet(members: readonly unknown[]): readonly string[] | undefined {
  return members.length === 0 ? undefined : members.map(canonicalJson).sort(byCodePoint);
}
