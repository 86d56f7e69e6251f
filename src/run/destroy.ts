import { Secret } from '../lib/secret.ts';
import type { Desired, DesiredRedis } from '../model/desired.ts';
import type { Fault } from '../model/fault.ts';
import { TmError, toFault } from '../model/fault.ts';
import { hostName, imageRef } from '../model/names.ts';
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
  request: Pick<RunRequest, 'desired' | 'externalRedis' | 'secrets'> & { readonly images: boolean },
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
    // What our labels mark is found without it.
    await session.memory.lock(session.holder(), ({ message, hint }) =>
      session.recorder.emit({ type: 'warning', message, ...(hint === undefined ? {} : { hint }) }),
    );
    const { state } = session;
    session.redis.password = state?.redisPassword === undefined ? undefined : new Secret(state.redisPassword);
    session.recorder.emit({ type: 'phase', phase: 'tearingDown' });
    const control = needsControl(desired.spec.hosts, desired.images.length, desired.redis.kind);
    if (request.externalRedis !== undefined && desired.redis.kind === 'external') {
      await session.redis.connectToCleanUp(request.externalRedis, session.stop.signal).catch((error: unknown) => {
        if (error instanceof TmError && error.fault.kind === 'locked') throw error;
        // Without its Redis the hosts are cleaned up all the same.
        faults.push(toFault(error));
      });
    }
    await session.fleet.open(world.hosts, desired.spec.hosts, { control }, session.stop.signal);
    await tearDown(session);
    if (session.left.length === 0 && faults.length === 0) await session.memory.store.clearState();
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
      expectations: [],
      vars: {},
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

/**
 * The config's test, and what an earlier version of it had: what was made on other hosts, and a Redis of another kind, are still to be
 * found.
 */
export function withRemembered(desired: Desired, state: State | undefined): Desired {
  if (state === undefined) return desired;
  const { hosts } = desired.spec;
  const known = new Set(hosts.map(hostKey));
  const taken = new Map<string, string>(hosts.map(({ name, address }) => [name, address]));
  const added = state.hosts.flatMap((host): readonly HostSpec[] => {
    if (known.has(hostKey(host)) || taken.get(host.name) === host.address) return [];
    // The name stands for another machine by now.
    return [taken.has(host.name) ? { ...host, name: hostName(`${host.name} (${host.address})`) } : host];
  });
  const redis = REDIS_SCOPE[state.redis.kind] > REDIS_SCOPE[desired.redis.kind] ? state.redis : desired.redis;
  return { ...desired, spec: { ...desired.spec, hosts: [...hosts, ...added] }, redis };
}

/** How much a removal looks for: that of a container looks for a process of this test, too, and an external Redis is never removed. */
const REDIS_SCOPE = { external: 0, process: 1, container: 2 } as const satisfies Record<DesiredRedis['kind'], number>;

function hostKey({ name, address, connection }: HostSpec): string {
  return JSON.stringify([name, address, connection]);
}
