import { byCodePoint } from '../lib/code-point-order.ts';
import type { HostName, ImageRef } from '../model/names.ts';
import type {
  Observed,
  ObservedContainer,
  ObservedControl,
  ObservedHost,
  ObservedImage,
  Platform,
} from '../model/observed.ts';

/** One real machine: the host entries that turned out to lead to the same engine, and what stands there, each thing once. */
export interface Machine {
  /** Host entries, in file order; the first stands for the machine in steps that are not one peer's. */
  readonly entries: readonly HostName[];
  readonly seen: Seen;
}

export type Seen =
  | {
      readonly kind: 'known';
      readonly platform: Platform;
      /** By name, then id. */
      readonly containers: readonly ObservedContainer[];
      readonly images: ReadonlyMap<ImageRef, ObservedImage>;
      readonly layerChains: readonly (readonly string[])[];
      /** It is the control machine's own engine: what is there is here. */
      readonly isControl: boolean;
    }
  /** `because` for a person: `not asked (--offline)`. */
  | { readonly kind: 'unasked'; readonly because: string };

export const NOT_ASKED = 'not asked (--offline)';

/** The machines behind these host entries, in the order of their first entries. An entry that could not be asked is a machine of its own. */
export function machinesOf(hosts: readonly HostName[], observed: Observed): readonly Machine[] {
  const found = new Map(observed.hosts.map((host) => [host.host, host]));
  const groups = new Map<string, { entries: HostName[]; reachable: Reachable[]; because: string }>();
  for (const name of hosts) {
    const host = found.get(name);
    const key = host?.kind === 'reachable' ? `engine ${host.engine}` : `entry ${name}`;
    const group = groups.get(key) ?? { entries: [], reachable: [], because: unaskedBecause(host) };
    group.entries.push(name);
    if (host?.kind === 'reachable') group.reachable.push(host);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ entries, reachable, because }) => ({
    entries,
    seen: reachable.length === 0 ? { kind: 'unasked', because } : merge(reachable, reachable[0]!, observed.control),
  }));
}

type Reachable = Extract<ObservedHost, { kind: 'reachable' }>;

function unaskedBecause(host: ObservedHost | undefined): string {
  return host?.kind === 'unreachable' ? 'not asked: the host cannot be reached' : NOT_ASKED;
}

function merge(hosts: readonly Reachable[], first: Reachable, control: ObservedControl): Seen {
  const containers = new Map(hosts.flatMap((host) => host.containers).map((one) => [one.id, one]));
  return {
    kind: 'known',
    platform: first.platform,
    containers: [...containers.values()].sort(byNameThenId),
    images: new Map(hosts.flatMap((host) => host.images).map((image) => [image.ref, image])),
    layerChains: hosts.flatMap((host) => host.layerChains),
    isControl: control.kind === 'reachable' && control.engine === first.engine,
  };
}

function byNameThenId(a: ObservedContainer, b: ObservedContainer): number {
  return byCodePoint(a.name, b.name) || byCodePoint(a.id, b.id);
}
