import { Secret } from '../lib/secret.ts';
import { toFault } from '../model/fault.ts';
import type { FormerRedis } from '../model/observed.ts';
import type { Session } from './session.ts';

/**
 * Looks for the managed Redis that the test had before its config gave it another one. A process is not looked for where a container is
 * wanted: it is seen in the container's place, and goes as that is started. Changes nothing; rejects only with the signal.
 */
export async function findFormerRedis(session: Session): Promise<FormerRedis | undefined> {
  const { state, request, world, stop } = session;
  const { redis: desired, spec } = request.desired;
  const former = state?.redis;
  session.formerRedis = undefined;
  if (former === undefined || former.kind === 'external' || former.kind === desired.kind) return undefined;
  if (desired.kind === 'container') return undefined;
  try {
    const password = state?.redisPassword === undefined ? undefined : new Secret(state.redisPassword);
    const { kind } = await world.redisServers.observe(former, spec.test, password, stop.signal);
    if (kind !== 'ready' && kind !== 'unusable') return undefined;
    session.formerRedis = { redis: former };
  } catch (error) {
    stop.signal.throwIfAborted();
    session.formerRedis = { redis: former, unasked: toFault(error) };
  }
  return session.formerRedis;
}
