import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRef } from '../../model/names.ts';
import type { EngineSurroundings } from './find-engine.ts';
import { parseImageName } from './image-name.ts';

/** Docker Hub's name in `~/.docker/config.json`. */
const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_TIMEOUT_MS = 30_000;

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/** What `docker login` has left for registries: in `~/.docker/config.json` or with a credential helper. */
export class RegistryLogins {
  readonly #path: string;
  readonly #env: EngineSurroundings['env'];

  constructor({ home, env }: EngineSurroundings) {
    this.#path = join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json');
    this.#env = env;
  }

  /** The X-Registry-Auth header for an image's registry; undefined where nobody is logged in. */
  async headerFor(ref: ImageRef, signal: AbortSignal): Promise<string | undefined> {
    const { registry } = parseImageName(ref);
    const server = registry === 'docker.io' ? DOCKER_HUB : registry;
    const config = await this.#config();
    const helper = config.credHelpers?.[server] ?? config.credHelpers?.[registry] ?? config.credsStore;
    const login = (helper === undefined ? undefined : await this.#ask(helper, server, signal)) ?? filed(config, server);
    return login === undefined ? undefined : paddedBase64Url(JSON.stringify(login));
  }

  async #config(): Promise<DockerConfig> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as DockerConfig;
    } catch {
      // Without it everything is pulled as anybody would; the registry says if that is not enough.
      return {};
    }
  }

  /** The protocol of docker-credential-helpers: the server on stdin, JSON on stdout. */
  async #ask(helper: string, server: string, signal: AbortSignal): Promise<Login | undefined> {
    const { execa } = await import('execa');
    const result = await execa(`docker-credential-${helper}`, ['get'], {
      input: server,
      env: this.#env,
      timeout: HELPER_TIMEOUT_MS,
      cancelSignal: signal,
      reject: false,
    });
    signal.throwIfAborted();
    // A helper that is not installed or knows nothing of the server ends with a failure.
    if (result.failed) return undefined;
    const { Username, Secret } = JSON.parse(result.stdout) as { Username?: string; Secret?: string };
    if (Secret === undefined) return undefined;
    if (Username === '<token>') return { identitytoken: Secret, serveraddress: server };
    return { username: Username ?? '', password: Secret, serveraddress: server };
  }
}

// Node's own base64url leaves out the padding, and an engine then ignores the header without a word.
const paddedBase64Url = (text: string): string =>
  Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

function filed({ auths = {} }: DockerConfig, server: string): Login | undefined {
  const host = (name: string) => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const entry = auths[server] ?? Object.entries(auths).find(([name]) => host(name) === host(server))?.[1];
  if (entry?.identitytoken !== undefined) return { identitytoken: entry.identitytoken, serveraddress: server };
  if (entry?.auth === undefined) return undefined;
  const text = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1), serveraddress: server };
}
