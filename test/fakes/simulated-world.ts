import { memoryBuses } from '../../src/drivers/memory/bus-memory.ts';
import { createManualClock, type ManualClock } from '../../src/drivers/memory/clock.ts';
import type { MemoryContainer } from '../../src/drivers/memory/engine.ts';
import { MemoryEngine } from '../../src/drivers/memory/engine.ts';
import { createSeededEntropy } from '../../src/drivers/memory/entropy.ts';
import { type MemoryFleet, type MemoryHooks, memoryFleet } from '../../src/drivers/memory/fleet.ts';
import { memoryHosts } from '../../src/drivers/memory/hosts.ts';
import { MemoryRedis } from '../../src/drivers/memory/redis-memory.ts';
import { memoryRedisServers } from '../../src/drivers/memory/redis-server-memory.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src/drivers/memory/store-disk.ts';
import type { HostName, ImageRef } from '../../src/model/names.ts';
import { imageRef } from '../../src/model/names.ts';
import type { ObservedImage } from '../../src/model/observed.ts';
import type { World } from '../../src/run/world.ts';
import { type Beat, GOOD, type PeerDiary, playPeer, type Temper } from './simulated-peer.ts';

/** A whole world in memory, with peers that live in it. One `SimulatedWorld` outlives many runs of tm. */
export interface SimulatedWorld {
  readonly clock: ManualClock;
  readonly fleet: MemoryFleet;
  readonly redis: MemoryRedis;
  readonly disk: MemoryDisk;
  /** How each peer behaves; missing: well. */
  readonly tempers: Map<string, Temper>;
  /** The tempers of the peers that were started since this was last cleared. */
  readonly present: Map<string, Temper>;
  /** By the container's id: what it was told. */
  readonly diaries: Map<string, PeerDiary>;
  /** Every heartbeat that was sent, in order. */
  readonly beats: Beat[];
  /** Faults: asked before and after every call of the hosts' ports. */
  interfere: MemoryHooks['interfere'];
  /** A tm as a new process of this machine. */
  boot(): World;
  /** The tm that runs now dies as by SIGKILL. */
  kill(): void;
}

export const PEER_IMAGE = imageRef('peer:1');

export function imageOf(ref: ImageRef, content = '1'): ObservedImage {
  return {
    ref,
    identity: `identity-${ref}-${content}`,
    layers: ['base', `${ref}-${content}`],
    sizeBytes: 1000,
    layerSizes: [900, 100],
    platform: { os: 'linux', architecture: 'amd64' },
  };
}

/** Times that tm may ask for the time before it moves: more is a loop that goes round for ever, and nothing else could end it. */
const MOST_LOOKS = 200_000;

function spinGuard(clock: ManualClock): () => number {
  let last = -1;
  let looks = 0;
  return () => {
    const now = clock.now();
    looks = now === last ? looks + 1 : 0;
    last = now;
    if (looks > MOST_LOOKS)
      throw new Error(`asked ${MOST_LOOKS} times what time it is, and it was ${now} ms each time`);
    return now;
  };
}

export function simulatedWorld(hosts: readonly HostName[], seed: string | number = 1): SimulatedWorld {
  const clock = createManualClock();
  const alive = new Set<number>();
  let pid = 100;
  let killed = false;
  const redis = new MemoryRedis({ clock, machine: 'control', alive: (one) => alive.has(one) });
  const disk = createMemoryDisk();
  const entropy = createSeededEntropy(seed);
  const lives = new Map<MemoryContainer, AbortController>();
  const world: SimulatedWorld = {
    clock,
    redis,
    disk,
    fleet: memoryFleet(clock),
    tempers: new Map(),
    present: new Map(),
    diaries: new Map(),
    beats: [],
    interfere: undefined,
    boot: () => {
      pid += 1;
      alive.add(pid);
      killed = false;
      const self = pid;
      // A process that was killed comes back from nothing, also not when another one has been started meanwhile.
      const unlessKilled = (): void | Promise<void> => (alive.has(self) ? undefined : new Promise<void>(() => {}));
      const servers = memoryRedisServers(redis);
      return {
        clock: {
          now: spinGuard(clock),
          wall: clock.wall,
          sleepUntil: async (deadline, signal) => {
            await clock.sleepUntil(deadline, signal);
            await unlessKilled();
          },
        },
        entropy: entropy.fork(`process ${self}`),
        hosts: memoryHosts(world.fleet),
        redisServers: {
          ...servers,
          remove: async (...args) => {
            await unlessKilled();
            return servers.remove(...args);
          },
        },
        buses: memoryBuses(redis),
        stores: createMemoryStores(disk, {
          isAlive: (holder) => alive.has(holder.pid),
          interfere: unlessKilled,
        }),
        self: { pid: self, machine: 'control', user: 'root' },
        version: '0.0.0-test',
        runtime: { node: '20.19.0', platform: 'linux x64 6.1.0' },
      };
    },
    kill: () => {
      alive.delete(pid);
      killed = true;
      redis.kill();
    },
  };
  world.fleet.hooks = {
    interfere: (operation, signal) => (killed ? new Promise<void>(() => {}) : world.interfere?.(operation, signal)),
    onStart: (process) => {
      const life = new AbortController();
      lives.get(process.container)?.abort();
      lives.set(process.container, life);
      const diary = world.diaries.get(process.container.id) ?? { taken: [], said: [] };
      world.diaries.set(process.container.id, diary);
      const name = process.environment['PEER_NAME'] ?? '';
      const temper = world.tempers.get(name) ?? GOOD;
      world.present.set(name, temper);
      playPeer(process, redis, clock, temper, diary, life.signal, world.beats).catch((error: unknown) => {
        if (!life.signal.aborted) throw error;
      });
    },
    onTerminate: () => 143,
    onEnd: (container) => lives.get(container)?.abort(),
  };
  world.fleet.control = new MemoryEngine({ id: 'control', images: [imageOf(PEER_IMAGE)] });
  for (const name of hosts) world.fleet.hosts.set(name, { engine: new MemoryEngine({ id: `engine-${name}` }) });
  return world;
}
