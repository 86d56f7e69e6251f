import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { Labels } from '../../model/labels.ts';
import { type ImageRef, REDIS_CONTAINER, type TestName } from '../../model/names.ts';
import type { ObservedRedis } from '../../model/observed.ts';
import { isPortTaken, portConflict, portOwner } from './port-owner.ts';
import { bindAddresses, redisConfig } from './redis-config.ts';
import { probeRedis, untilRedisAnswers } from './redis-probe.ts';

/** The container that a managed Redis is to run in. */
export interface RedisContainerOrder {
  readonly name: string;
  readonly image: ImageRef;
  readonly labels: Labels;
  /** Program and arguments, in place of the image's own. */
  readonly command: readonly string[];
  readonly ports: readonly { readonly hostIp: string; readonly hostPort: number; readonly containerPort: number }[];
  /** Written into the container before it starts. */
  readonly files: readonly { readonly path: string; readonly content: Secret; readonly mode: number }[];
}

/** A container as it is. */
export interface RedisContainer {
  readonly id: string;
  /** Undefined: somebody else's. */
  readonly labels?: Labels;
  /** As given when it was made. */
  readonly image: string;
  readonly running: boolean;
}

/** What we need of the control machine's container engine. Methods throw `TmError`. */
export interface RedisEngine extends AsyncDisposable {
  inspect(name: string, signal: AbortSignal): Promise<RedisContainer | undefined>;
  /** Makes it without starting it. Throws `conflict` where the name is taken. */
  create(order: RedisContainerOrder, signal: AbortSignal): Promise<string>;
  start(id: string, signal: AbortSignal): Promise<void>;
  /** Ends and removes it; does nothing where it is gone. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** What it wrote last. */
  output(id: string, signal: AbortSignal): Promise<string>;
}

interface Start {
  readonly image: ImageRef;
  readonly port: number;
  readonly labels: Labels;
  readonly password?: Secret;
  readonly bind: readonly string[];
}

const CONFIG_FILE = '/tm-redis.conf';
const CONTAINER_PORT = 6379;
/** Milliseconds between two looks whether a container that does not answer has ended. */
const LOOK_MS = 100;

/** What stands in the place of a test's Redis container. */
export async function observeRedisContainer(
  engine: RedisEngine,
  wanted: { readonly image: ImageRef; readonly port: number },
  test: TestName,
  password: Secret | undefined,
  signal: AbortSignal,
): Promise<ObservedRedis> {
  const there = await engine.inspect(REDIS_CONTAINER, signal);
  if (there === undefined) {
    if (!(await isPortTaken(wanted.port, signal))) return { kind: 'absent' };
    return { kind: 'foreign', because: `port ${wanted.port} is taken by ${await portOwner(wanted.port)}` };
  }
  const other = there.labels?.test;
  if (other === undefined) return { kind: 'foreign', because: `the container ${REDIS_CONTAINER} is not ours` };
  if (other !== test) {
    return { kind: 'foreign', because: `the container ${REDIS_CONTAINER} is the test "${other}"'s`, test: other };
  }
  if (!there.running) return { kind: 'unusable', because: 'its container has ended' };
  if (there.image !== wanted.image) {
    return { kind: 'unusable', because: `it runs the image ${there.image}, not ${wanted.image}` };
  }
  return probeRedis(wanted.port, password, there.labels, signal);
}

/** Makes and starts the container, and resolves when Redis answers in it. */
export async function startRedisContainer(engine: RedisEngine, start: Start, signal: AbortSignal): Promise<void> {
  const { image, port, labels, password } = start;
  await removeRedisContainer(engine, labels.test, signal);
  if (await isPortTaken(port, signal)) throw portConflict(port, await portOwner(port));
  const config = redisConfig({
    port: CONTAINER_PORT,
    bind: ['0.0.0.0'],
    directory: '/tmp',
    modern: false,
    ...(password === undefined ? {} : { password }),
  });
  const id = await engine.create(
    {
      name: REDIS_CONTAINER,
      image,
      labels,
      command: ['redis-server', CONFIG_FILE],
      ports: bindAddresses(start.bind).map((hostIp) => ({ hostIp, hostPort: port, containerPort: CONTAINER_PORT })),
      // Readable for whatever user the image runs it as; nobody else is in there.
      files: [{ path: CONFIG_FILE, content: new Secret(config), mode: 0o644 }],
    },
    signal,
  );
  const over = new AbortController();
  try {
    await engine.start(id, signal);
    await untilRedisAnswers(port, password, ended(engine, id, AbortSignal.any([signal, over.signal])), signal);
  } catch (error) {
    // What does not answer is of no use to anybody; its own signal, as the caller's may be what ended this.
    await engine.remove(id, AbortSignal.timeout(10_000)).catch(() => undefined);
    const said = String(error);
    if (/address already in use|port is already allocated/i.test(said)) throw portConflict(port, await portOwner(port));
    if (/executable file not found|no such file or directory/i.test(said)) throw noRedisIn(image, error);
    throw error;
  } finally {
    over.abort();
  }
}

/** Removes the test's container, and gives whether there was one. */
export async function removeRedisContainer(engine: RedisEngine, test: TestName, signal: AbortSignal): Promise<boolean> {
  const there = await engine.inspect(REDIS_CONTAINER, signal);
  if (there?.labels?.test !== test) return false;
  await engine.remove(there.id, signal);
  return true;
}

function noRedisIn(image: ImageRef, cause: unknown): TmError {
  const message = `the image ${image} has no redis-server on its PATH`;
  return new TmError({ kind: 'failed', message, hint: 'give an image with it as redis.image: redis:7' }, { cause });
}

/** Resolves with why, once the container has ended. */
async function ended(engine: RedisEngine, id: string, signal: AbortSignal): Promise<TmError> {
  for (;;) {
    const there = await engine.inspect(id, signal).catch(() => undefined);
    if (signal.aborted || there?.running === false) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
  }
  const output = signal.aborted ? '' : await engine.output(id, signal).catch(() => '');
  const last = output.trim().split('\n').slice(-3).join(' · ');
  return new TmError({
    kind: 'failed',
    message: `the Redis container ended at once${last === '' ? '' : `: ${last}`}`,
    hint: 'does the image of redis.image hold redis-server?',
  });
}
