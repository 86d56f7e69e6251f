import type { ConfigFault } from '../model/fault.ts';
import { imageRef, peerName, testName } from '../model/names.ts';
import type { CommandSpec, RedisSpec, Spec } from '../model/spec.ts';
import type { Fleet } from './compile-fleet.ts';
import type { Context } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import type { Redis, TestConfig } from './test-config.generated.ts';

/**
 * The spec of a test around its hosts and peers, with every default filled in; `path` is the file's absolute path. Whatever the draft
 * lacks is made up, so the result counts only where no stage found an error.
 */
export function* compile(
  draft: Draft<TestConfig>,
  fleet: Fleet,
  path: string,
  context: Context,
): Generator<ConfigFault, Spec> {
  const images = (draft.images ?? []).filter((image) => image !== undefined);
  return {
    test: testName(draft.name ?? ''),
    file: path,
    timeouts: {
      startupSeconds: draft.timeout?.startup ?? DEFAULTS.startupSeconds,
      shutdownSeconds: draft.timeout?.shutdown ?? DEFAULTS.shutdownSeconds,
    },
    redis: yield* redisOf(draft.redis, context),
    images: [...new Set(images)].map(imageRef),
    removeImages: draft.remove_images ?? DEFAULTS.removeImages,
    hosts: fleet.hosts,
    peers: fleet.peers,
    commands: yield* commandsOf(draft, context),
    logLevel: draft.log_level ?? DEFAULTS.logLevel,
  };
}

function* redisOf(redis: Draft<Redis> = {}, { locate }: Context): Generator<ConfigFault, RedisSpec> {
  const { port = 0, image = '', runtime = DEFAULTS.redisRuntime, advertise, auth = DEFAULTS.auth } = redis;
  const advertised = /^(?:\[.*\]|[^:]*):(\d+)$/.exec(advertise ?? '')?.[1];
  if (advertised !== undefined && (Number(advertised) < 1 || Number(advertised) > 65535)) {
    const at = locate(['redis', 'advertise']);
    const instead = `write ${advertise?.replace(/\d+$/, '6399')}, say`;
    yield error(at, 'out-of-range', `a port goes from 1 to 65535, and ${advertised} is none`, instead);
  }
  return {
    runtime: runtime === 'docker' ? { kind: 'docker', image: imageRef(image) } : { kind: 'process' },
    port,
    ...(advertise === undefined ? {} : { advertise }),
    auth,
  };
}

function* commandsOf(draft: Draft<TestConfig>, { locate }: Context): Generator<ConfigFault, readonly CommandSpec[]> {
  const commands: CommandSpec[] = [];
  for (const [index, entry] of (draft.commands ?? []).entries()) {
    const { time, peer, command } = entry ?? {};
    if (time === undefined) continue;
    const atMs = Math.round(time * 1000);
    if (Math.abs(time * 1000 - atMs) > 1e-6 * Math.max(1, atMs)) {
      const at = locate(['commands', index, 'time']);
      yield warning(at, 'time-rounded', `times are kept to the millisecond, so this is ${atMs / 1000} s`);
    }
    if (peer === undefined || command === undefined) continue;
    commands.push({ atMs, peer: peerName(peer), command, line: locate(['commands', index]).line });
  }
  return commands.sort((a, b) => a.atMs - b.atMs);
}
