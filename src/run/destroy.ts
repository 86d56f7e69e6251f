import { Secret } from '../lib/secret.ts';
import type { Desired, DesiredRedis } from '../model/desired.ts';
import type { Fault } from '../model/fault.ts';
import { toFault } from '../model/fault.ts';
import { imageRef } from '../model/names.ts';
import type { HostSpec } from '../model/spec.ts';
import type { State } from '../ports/store.ts';
import { needsControl } from './fleet.ts';
import type { EventListener } from './recorder.ts';
import type { RunRequest } from './request.ts';
import { RunFaults } from './run-faults.ts';
import { Session } from './session.ts';
import { tearDown } from './tear-down.ts';
import { exitCodeOfFault } from './verdict.ts';
import type { World } from './world.ts';

/** What a destroy found and did. */
export interface DestroyOutcome {
  readonly faults: readonly Fault[];
  /** What still stands, as sentences. */
  readonly left: readonly string[];
  /** 0 when nothing is left. */
  readonly exitCode: number;
}

/**
 * Removes everything that our labels mark for this test, on every host that the config or `.tm/` names. The run that may be
 * going on is not disturbed: its lock refuses. Never rejects.
 */
export async function destroyTest(
  world: World,
  request: Pick<RunRequest, 'desired' | 'externalRedis'> & { readonly images: boolean },
  listeners: readonly EventListener[],
): Promise<DestroyOutcome> {
  const { desired } = request;
  const spec = { ...desired.spec, removeImages: request.images, images: desired.images.map((image) => image.ref) };
  const session = new Session(
    world,
    { ...request, desired: { ...desired, spec }, cleanup: 'always', reset: 'none' },
    listeners,
  );
  const faults: Fault[] = [];
  try {
    await session.takeLock();
    const { state } = session;
    session.redisPassword = state?.redisPassword === undefined ? undefined : new Secret(state.redisPassword);
    session.recorder.emit({ type: 'phase', phase: 'tearingDown' });
    const control = needsControl(desired.spec.hosts, desired.images.length, desired.redis.kind);
    if (request.externalRedis !== undefined) await session.connectToCleanUp(request.externalRedis, session.stop.signal);
    await session.fleet.open(world.hosts, desired.spec.hosts, { control }, session.stop.signal);
    await tearDown(session);
    if (session.left.length === 0) await session.store.clearState();
  } catch (error) {
    faults.push(...(error instanceof RunFaults ? error.faults : [toFault(error)]));
  } finally {
    await session.close();
  }
  const code = Math.max(0, ...faults.map(exitCodeOfFault));
  return { faults, left: session.left, exitCode: code === 0 && session.left.length > 0 ? 1 : code };
}

/** A test as `.tm/` remembers it: enough to find and remove it without its config. */
export function desiredOfState(state: State): Desired {
  const redis: DesiredRedis = state.redis;
  return {
    spec: {
      test: state.test,
      file: state.file,
      timeouts: { startupSeconds: 0, shutdownSeconds: 0 },
      redis: {
        runtime: redis.kind === 'container' ? { kind: 'docker', image: redis.image } : { kind: 'process' },
        port: redis.kind === 'external' ? 0 : redis.port,
        auth: 'none',
      },
      images: [],
      removeImages: false,
      hosts: state.hosts,
      peers: [],
      commands: [],
      logLevel: 'info',
    },
    redis,
    images: state.images.map((ref) => ({
      ref: imageRef(ref),
      hosts: state.hosts.map((host) => host.name),
      onControl: false,
    })),
    peers: [],
  };
}

/** The config's hosts, and those that an earlier version of it had: what was made there is still to be found. */
export function withRememberedHosts(desired: Desired, state: State | undefined): Desired {
  const known = new Set(desired.spec.hosts.map(hostKey));
  const earlier = state?.hosts.filter((host) => !known.has(hostKey(host))) ?? [];
  const taken = new Set<string>(desired.spec.hosts.map((host) => host.name));
  const added = earlier.filter((host) => !taken.has(host.name));
  return { ...desired, spec: { ...desired.spec, hosts: [...desired.spec.hosts, ...added] } };
}

function hostKey({ name, address, connection }: HostSpec): string {
  return JSON.stringify([name, address, connection]);
}
