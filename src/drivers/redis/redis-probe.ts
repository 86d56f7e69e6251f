import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import { type Labels, redisAddresses } from '../../model/labels.ts';
import type { ObservedRedis } from '../../model/observed.ts';
import { RedisLinkLost, redisUnreachable } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';

/** Milliseconds for a Redis to answer that has just been started, and for one that is only looked at. */
const READY_MS = 10_000;
const LOOK_MS = 2_000;

/** What a Redis of ours on this port of the loopback address says to our password. */
export async function probeRedis(
  port: number,
  password: Secret | undefined,
  labels: Labels | undefined,
  signal: AbortSignal,
): Promise<ObservedRedis & { readonly kind: 'ready' | 'unusable' }> {
  const endpoint = endpointOf(port, password);
  const listensOn = redisAddresses(labels?.spec ?? '');
  try {
    return {
      kind: 'ready',
      ...(await ping(endpoint, LOOK_MS, signal)),
      ...(listensOn === undefined ? {} : { listensOn }),
    };
  } catch (error) {
    signal.throwIfAborted();
    const refused = error instanceof RedisLinkLost ? undefined : 'its password is not the one that is known here';
    return { kind: 'unusable', because: refused ?? redisUnreachable(error, endpoint).message };
  }
}

/**
 * Resolves when it answers PING with this password. Throws `unreachable` after ten seconds, and what `ended` resolves with if its
 * server ends before.
 */
export async function untilRedisAnswers(
  port: number,
  password: Secret | undefined,
  ended: Promise<TmError>,
  signal: AbortSignal,
): Promise<void> {
  const endpoint = endpointOf(port, password);
  const deadline = performance.now() + READY_MS;
  let fault: TmError | undefined;
  void ended.then((error) => {
    fault = error;
  });
  for (let pause = 2; ; pause = Math.min(pause * 2, 50)) {
    try {
      await ping(endpoint, Math.max(100, deadline - performance.now()), signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (fault !== undefined) throw fault;
      // A port that nobody has yet, or that is opened for the server before it runs, is waited for; a wrong password is not.
      if (!(error instanceof RedisLinkLost) || performance.now() > deadline) throw notReady(error, endpoint);
    }
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function ping(endpoint: RedisEndpoint, timeoutMs: number, signal: AbortSignal) {
  // A first plan finds nothing to ask: the client library is loaded only where there is something.
  const { RedisLink } = await import('./redis-link.ts');
  const link = await RedisLink.open(endpoint, { name: 'tm-probe', timeoutMs }, signal);
  link.close();
  return link.info;
}

function notReady(error: unknown, endpoint: RedisEndpoint): TmError {
  const because = redisUnreachable(error, endpoint);
  return new TmError(
    {
      kind: 'unreachable',
      what: 'redis',
      message: `the Redis that was started for this test does not answer: ${because.message}`,
      ...(because.fault.hint === undefined ? {} : { hint: because.fault.hint }),
    },
    { cause: error },
  );
}

const endpointOf = (port: number, password: Secret | undefined): RedisEndpoint => ({
  host: '127.0.0.1',
  port,
  ...(password === undefined ? {} : { password }),
  database: 0,
  tls: false,
  display: `redis://127.0.0.1:${port}/0`,
});
