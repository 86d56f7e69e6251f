import type { HostSpec } from '../model/spec.ts';
import type { State } from '../ports/store.ts';
import type { Session } from './session.ts';

/** Remembers before a host is touched where things will be, so that a destroy finds them after any crash. */
export async function remember(session: Session, changes: Partial<Pick<State, 'usedRuns'>> = {}): Promise<void> {
  const { spec, redis, images } = session.request.desired;
  const { url, password } = session.redis;
  const external = redis.kind === 'external';
  await session.memory.write({
    version: 1,
    test: spec.test,
    file: spec.file,
    hosts: [...spec.hosts, ...formerHosts(session)],
    redis: session.formerRedis?.redis ?? redis,
    ...(external || url === undefined ? {} : { redisUrl: url.reveal() }),
    ...(external || password === undefined ? {} : { redisPassword: password.reveal() }),
    images: images.map((image) => image.ref),
    lastRun: session.run,
    usedRuns: changes.usedRuns ?? session.state?.usedRuns ?? [],
  });
}

/** Hosts that the config no longer has, where an earlier run may have left something: a destroy is still to look there. */
function formerHosts({ request, state }: Session): readonly HostSpec[] {
  const named = new Set<string>(request.desired.spec.hosts.map((host) => host.name));
  return state?.hosts.filter((host) => !named.has(host.name)) ?? [];
}
