import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineAddress, parseEngineAddress } from './engine-address.ts';

/** What decides which engine is this machine's own. */
export interface EngineSurroundings {
  /** The user's home directory. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The control machine's engine, found as the docker command finds it: DOCKER_HOST, the chosen context, the usual sockets. */
export async function findLocalEngine(surroundings: EngineSurroundings): Promise<EngineAddress> {
  const { env } = surroundings;
  const tls = (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
  if (env['DOCKER_HOST']) return parseEngineAddress(env['DOCKER_HOST'], 'DOCKER_HOST', { tls });
  const context = await contextEngine(surroundings);
  if (context !== undefined) return parseEngineAddress(context.host, `the Docker context ${context.name}`);
  for (const path of usualSockets(surroundings)) {
    if (await exists(path)) return { kind: 'unix', path };
  }
  return { kind: 'unix', path: '/var/run/docker.sock' };
}

// The system's own engine, Docker Desktop's, a rootless one.
function usualSockets({ home, env }: EngineSurroundings): readonly string[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    join(home, '.docker/run/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
  ];
}

/** Docker Desktop, Colima and rootless Docker announce their socket as a context of the docker command. */
async function contextEngine({ home, env }: EngineSurroundings): Promise<{ name: string; host: string } | undefined> {
  const directory = env['DOCKER_CONFIG'] || join(home, '.docker');
  const config = await readJson(join(directory, 'config.json'));
  const name = env['DOCKER_CONTEXT'] || config?.['currentContext'];
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined;
  // The docker command files each context under the digest of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(join(directory, 'contexts/meta', id, 'meta.json'));
  const endpoints = meta?.['Endpoints'] as { docker?: { Host?: unknown } } | undefined;
  const host = endpoints?.docker?.Host;
  return typeof host === 'string' && host !== '' ? { name, host } : undefined;
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Absent or broken: the docker command is there to complain about it.
    return undefined;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
