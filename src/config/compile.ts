import type { ConfigFault } from '../model/fault.ts';
import { imageRef, testName } from '../model/names.ts';
import type { RedisSpec, Spec } from '../model/spec.ts';
import type { Fleet } from './compile-fleet.ts';
import { compileTimeline } from './compile-timeline.ts';
import type { Context } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import type { PeerIndex } from './peer-index.ts';
import type { Redis, TestConfig } from './test-config.generated.ts';

/**
 * The spec of a test around its hosts and peers, with every default filled in; `path` is the file's absolute path. Whatever the draft
 * lacks is made up, so the result counts only where no stage found an error.
 */
export function* compile(
  draft: Draft<TestConfig>,
  fleet: Fleet,
  path: string,
  peers: PeerIndex,
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
    ...(yield* compileTimeline(draft, peers, context)),
    vars: {},
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
