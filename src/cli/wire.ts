import { homedir, hostname, release, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createHosts } from '../drivers/hosts.ts';
import { connectProcessHost } from '../drivers/process/host.ts';
import { createRedisServers } from '../drivers/redis/redis-servers.ts';
import { createFileArchive } from '../drivers/store/archive.ts';
import { createFileStores } from '../drivers/store/stores.ts';
import { createSystemClock } from '../drivers/system-clock.ts';
import { createSystemEntropy } from '../drivers/system-entropy.ts';
import { Secret } from '../lib/secret.ts';
import type { Archive } from '../ports/archive.ts';
import type { World } from '../run/world.ts';
import type { Context } from './context.ts';
import { askSecret, askYesNo, canAsk } from './input/ask.ts';
import { VERSION } from './version.ts';

/** Where tm keeps what it remembers, beside where it was started. */
const DIRECTORY = '.tm';

/** The real world: the one place where drivers are chosen and joined. Heavy ones are loaded when they are first needed. */
export function createWorld({ environment }: Context): World {
  const clock = createSystemClock();
  const home = environment['HOME'] ?? homedir();
  const hosts = createHosts({
    home,
    env: environment,
    connectProcess: (spec) => connectProcessHost(spec, { directory: join(DIRECTORY, 'processes'), clock, environment }),
    ...(canAsk() ? questions : {}),
  });
  return {
    clock,
    entropy: createSystemEntropy(),
    hosts,
    buses: {
      connect: async (url, signal) => (await import('../drivers/redis/redis-bus.ts')).redisBuses().connect(url, signal),
    },
    redisServers: createRedisServers({
      engine: async (signal) =>
        (await import('../drivers/docker/redis-engine.ts')).openRedisEngine({ home, env: environment }, signal),
      path: environment['PATH'] ?? '',
    }),
    stores: createFileStores(DIRECTORY, { machineLocks: join(tmpdir(), `the-mule-${userInfo().uid}`) }),
    self: { pid: process.pid, machine: hostname(), user: userInfo().username },
    version: VERSION,
    runtime: { node: process.versions.node, platform: `${process.platform} ${process.arch} ${release()}` },
  };
}

/** The runs that are kept beside where tm was started, for reading. */
export function createArchive(_context: Context): Archive {
  return createFileArchive(DIRECTORY);
}

/** What only a person can answer, asked on the terminal. */
const questions: Pick<Parameters<typeof createHosts>[0], 'confirmHostKey' | 'askPassphrase'> = {
  confirmHostKey: ({ host, address, fingerprint, type }) =>
    askYesNo(`${host} (${address}) is not known yet. Its ${type} key is\n  ${fingerprint}\nIs that the right one?`),
  askPassphrase: async (keyPath) => {
    const text = await askSecret(`passphrase of ${keyPath}:`);
    return text === undefined ? undefined : new Secret(text);
  },
};
