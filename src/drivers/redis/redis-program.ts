import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { TmError } from '../../model/fault.ts';

const NAMES = ['redis-server', 'valkey-server'] as const;
/** Where packages put it when a user's PATH has no such directories. */
const USUAL = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/usr/local/sbin', '/usr/sbin'];

/** A Redis server that is installed on this machine. */
export interface RedisProgram {
  readonly path: string;
  /** `7.0.15`. */
  readonly version: string;
  /** Whether it knows the directives of Redis 6.2. */
  readonly modern: boolean;
}

/** The first `redis-server` or `valkey-server` of `path` (as in PATH), then of the usual places. Throws `unreachable` with what to install. */
export async function findRedisProgram(
  path: string,
  signal: AbortSignal,
  usual: readonly string[] = USUAL,
): Promise<RedisProgram> {
  for (const directory of [...path.split(delimiter), ...usual]) {
    for (const name of NAMES) {
      const program = join(directory, name);
      if (directory !== '' && (await executable(program))) return describe(program, signal);
    }
  }
  throw new TmError({
    kind: 'unreachable',
    what: 'redis',
    message: 'neither redis-server nor valkey-server is installed on this machine',
    hint: `${installCommand()}, or give the address of a Redis with --redis-url`,
  });
}

async function describe(path: string, signal: AbortSignal): Promise<RedisProgram> {
  const { stdout } = await execa(path, ['--version'], { reject: false, timeout: 5_000, cancelSignal: signal });
  signal.throwIfAborted();
  const version = /\bv=(\S+)/.exec(stdout)?.[1] ?? 'unknown';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { path, version, modern: !(major < 6 || (major === 6 && minor < 2)) };
}

function installCommand(): string {
  return process.platform === 'darwin'
    ? 'brew install redis'
    : 'install it (Debian, Ubuntu: apt-get install redis-server)';
}

const executable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
