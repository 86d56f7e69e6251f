import type { Desired } from '../model/desired.ts';
import { toFault } from '../model/fault.ts';
import type { ImageRef } from '../model/names.ts';
import type {
  Observed,
  ObservedControl,
  ObservedHost,
  ObservedImage,
  ObservedRedis,
  UsedRun,
} from '../model/observed.ts';
import type { HostSpec } from '../model/spec.ts';
import type { Host } from '../ports/host.ts';
import type { Fleet } from './fleet.ts';

/** Reads reality through open connections, everything at once; changes nothing. */
export async function observe(
  desired: Desired,
  fleet: Fleet,
  redis: { readonly observed: ObservedRedis; readonly usedRuns: readonly UsedRun[] },
  signal: AbortSignal,
): Promise<Observed> {
  const control = observeControl(desired, fleet, signal);
  const hosts = await Promise.all(desired.spec.hosts.map((spec) => observeHost(spec, desired, fleet, control, signal)));
  return { hosts, control: await control, redis: redis.observed, usedRuns: redis.usedRuns };
}

async function observeControl(desired: Desired, fleet: Fleet, signal: AbortSignal): Promise<ObservedControl> {
  const { control } = fleet;
  if (control === undefined) {
    return fleet.controlFault === undefined ? { kind: 'unknown' } : { kind: 'unreachable', fault: fleet.controlFault };
  }
  try {
    const found = await Promise.all(desired.images.map(({ ref }) => control.images.find(ref, signal)));
    return { kind: 'reachable', engine: control.engine, images: present(found) };
  } catch (error) {
    return { kind: 'unreachable', fault: toFault(error) };
  }
}

async function observeHost(
  spec: HostSpec,
  desired: Desired,
  fleet: Fleet,
  control: Promise<ObservedControl>,
  signal: AbortSignal,
): Promise<ObservedHost> {
  const host = fleet.hosts.get(spec.name);
  if (host === undefined) {
    const fault = fleet.faults.get(spec.name);
    return fault === undefined ? { kind: 'unknown', host: spec.name } : { kind: 'unreachable', host: spec.name, fault };
  }
  try {
    const refs = desired.images.filter((image) => image.hosts.includes(spec.name)).map((image) => image.ref);
    const [containers, images] = await Promise.all([host.containers.list(signal), findAll(host, refs, signal)]);
    return {
      kind: 'reachable',
      host: spec.name,
      engine: host.engine,
      platform: host.platform,
      ...(host.controlAddress === undefined ? {} : { controlAddress: host.controlAddress }),
      hostAddress: host.hostAddress,
      containers,
      images,
      layerChains: await chainsWhereNeeded(host, refs, images, await control, signal),
    };
  } catch (error) {
    return { kind: 'unreachable', host: spec.name, fault: toFault(error) };
  }
}

/** What layers a host has matters only when an image will be sent to it: asking costs one call for each of its images. */
async function chainsWhereNeeded(
  host: Host,
  refs: readonly ImageRef[],
  there: readonly ObservedImage[],
  control: ObservedControl,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  if (host.images === undefined || control.kind !== 'reachable') return [];
  const toSend = refs.some((ref) => {
    const ours = control.images.find((image) => image.ref === ref);
    return ours !== undefined && there.find((image) => image.ref === ref)?.identity !== ours.identity;
  });
  return toSend ? host.images.layerChains(signal) : [];
}

async function findAll(host: Host, refs: readonly ImageRef[], signal: AbortSignal): Promise<readonly ObservedImage[]> {
  const { images } = host;
  if (images === undefined) return [];
  return present(await Promise.all(refs.map((ref) => images.find(ref, signal))));
}

function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined);
}
