import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlEngine } from './control-engine.ts';
import { type HostOptions, startHost, type TestHost } from './host.ts';
import { type ImageName, provideImage, testImages } from './images.ts';
import { makeClientKeys, passphrase } from './keys.ts';
import { makeNetwork } from './network.ts';
import { requirePrograms } from './programs.ts';
import { isTaken, lockSlot, type Slot, type SlotLock, slotCount, slotOf } from './slot.ts';
import { sweep } from './sweep.ts';

export interface TestbedOptions {
  /** How many hosts, h1 and up, or what is special about each. */
  readonly hosts: number | readonly HostOptions[];
  /** Images to put into the control engine; by default all of `testImages`. */
  readonly images?: readonly ImageName[];
  /** For the control engine and all hosts; by default dockerd takes the best that works here. */
  readonly storageDriver?: string;
  readonly log?: (line: string) => void;
}

export interface Testbed {
  readonly dir: string;
  readonly hosts: readonly TestHost[];
  readonly control: {
    /** `unix://…` of the control machine's own engine. */
    readonly dockerHost: string;
    readonly dockerSocket: string;
    /** The control machine, as the hosts and their containers reach it. */
    readonly address: string;
  };
  /** The client's private key, without a passphrase. */
  readonly keyPath: string;
  /** Another private key that the hosts let in, with a passphrase. */
  readonly encryptedKeyPath: string;
  readonly passphrase: string;
  /** A known_hosts file with the keys of all hosts. */
  readonly knownHostsPath: string;
  readonly images: typeof testImages;
  /** Ends and removes everything; may be called again. */
  stop(): Promise<void>;
}

/** Starts real Docker hosts on this machine. Needs root and the packages of scripts/setup/install-packages.sh. */
export async function startTestbed(options: TestbedOptions): Promise<Testbed> {
  await requirePrograms();
  const { log = () => {} } = options;
  const lock = await claimSlot(log);
  const stop = async (): Promise<void> => {
    await sweep(lock.slot);
    await lock.release();
  };
  try {
    return { ...(await fill(lock.slot, options, log)), stop };
  } catch (error) {
    // What went wrong first is what the caller must see; the next start sweeps again.
    await stop().catch((problem) => log(`could not clean up: ${problem}`));
    throw error;
  }
}

async function claimSlot(log: (line: string) => void): Promise<SlotLock> {
  for (let index = 0; index < slotCount; index++) {
    const lock = await lockSlot(slotOf(index));
    if (!lock) continue;
    // Nobody holds the slot, so whatever is there was left by a run that was killed.
    await sweep(lock.slot);
    if (!isTaken(lock.slot)) return lock;
    log(`${lock.slot.controlAddress}/24 is used by something else on this machine; trying the next network`);
    await lock.release();
  }
  throw new Error(`all ${slotCount} testbed networks, 10.77.0.0/24 and up, are in use`);
}

async function fill(slot: Slot, options: TestbedOptions, log: (line: string) => void): Promise<Omit<Testbed, 'stop'>> {
  const { storageDriver, images = Object.keys(testImages) as ImageName[] } = options;
  const wanted = typeof options.hosts === 'number' ? Array<HostOptions>(options.hosts).fill({}) : options.hosts;
  await mkdir(slot.dir, { recursive: true, mode: 0o755 });
  const [keys] = await Promise.all([makeClientKeys(slot.dir), makeNetwork(slot)]);

  const timed = stopwatch(log);
  const [dockerSocket, hosts] = await both(
    timed('control engine', startControlEngine(slot, storageDriver)).then(async (socket) => {
      await all(images.map((name) => timed(name, provideImage(socket, name))));
      return socket;
    }),
    all(
      wanted.map((host, index) => {
        const merged = storageDriver === undefined ? host : { storageDriver, ...host };
        return timed(`h${index + 1}`, startHost(slot, index + 1, keys.authorizedKeysPath, merged));
      }),
    ),
  );

  const knownHostsPath = join(slot.dir, 'known_hosts');
  await writeFile(knownHostsPath, hosts.map((host) => host.knownHost).join(''));
  return {
    dir: slot.dir,
    hosts,
    control: { dockerHost: `unix://${dockerSocket}`, dockerSocket, address: slot.controlAddress },
    keyPath: keys.keyPath,
    encryptedKeyPath: keys.encryptedKeyPath,
    passphrase,
    knownHostsPath,
    images: testImages,
  };
}

/** Like Promise.all, but rejects only when all are settled: a sweep must not meet something that is still starting. */
async function all<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

function stopwatch(log: (line: string) => void): <T>(what: string, work: Promise<T>) => Promise<T> {
  const begin = performance.now();
  return async (what, work) => {
    const result = await work;
    log(`${what} ready after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return result;
  };
}
