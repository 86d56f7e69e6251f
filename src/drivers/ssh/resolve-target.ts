import { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import type { ConnectionSpec } from '../../model/spec.ts';
import { expandPath, expandTokens, type PathContext } from './expand-path.ts';
import type { SshConfigFile, SshSettings } from './ssh-config-file.ts';
import type { HostKeyPolicy, KeyFile, KeyPolicy, SshTarget } from './target.ts';

type SshSpec = Extract<ConnectionSpec, { kind: 'ssh' }>;

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const MAX_JUMPS = 8;
/** The usual key files, in the order in which they are tried. */
const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const USER_KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
const GLOBAL_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** What an SSH client finds around it. */
export interface SshSurroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly localUser: string;
}

/** Joins what the YAML says of a host with what `~/.ssh/config` says; the YAML wins. */
export async function resolveTarget(
  host: HostName,
  address: string,
  spec: SshSpec,
  config: SshConfigFile,
  surroundings: SshSurroundings,
): Promise<SshTarget> {
  return resolve({ host, alias: address, spec, config, surroundings, jumps: 0 });
}

interface Request {
  readonly host: HostName;
  readonly alias: string;
  readonly spec: SshSpec;
  readonly config: SshConfigFile;
  readonly surroundings: SshSurroundings;
  readonly jumps: number;
  /** Instead of the config's ProxyJump. */
  readonly proxyJump?: string;
}

async function resolve(request: Request): Promise<SshTarget> {
  const { host, alias, spec, config, surroundings } = request;
  const settings = await config.settings(alias);
  const user = spec.user ?? first(settings, 'user') ?? surroundings.localUser;
  const port = spec.port ?? portOf(first(settings, 'port')) ?? 22;
  const address = (first(settings, 'hostname') ?? alias).replaceAll('%h', alias);
  const context: PathContext = { ...surroundings, address, alias, port, user };
  const seconds = Number(first(settings, 'connecttimeout'));
  return {
    ...{ host, alias, address, port, user },
    hostKey: hostKeyPolicy(spec, settings, context),
    keys: keyPolicy(spec, settings, context),
    connectTimeoutMs: seconds > 0 ? seconds * 1000 : DEFAULT_CONNECT_TIMEOUT_MS,
    ...(await route(request, settings, context)),
  };
}

/** ProxyJump, or ProxyCommand where that comes without it. */
async function route(
  request: Request,
  settings: SshSettings,
  context: PathContext,
): Promise<Pick<SshTarget, 'via' | 'proxyCommand'>> {
  const jump = request.proxyJump ?? first(settings, 'proxyjump');
  if (jump !== undefined && !isNone(jump)) return { via: await jumpHost(request, jump) };
  const command = first(settings, 'proxycommand');
  return command === undefined || isNone(command) ? {} : { proxyCommand: expandTokens(command, context) };
}

/** The last of `a,b,c`, itself reached through the others. A key that the YAML names is for the host alone. */
async function jumpHost(request: Request, list: string): Promise<SshTarget> {
  if (request.jumps >= MAX_JUMPS) {
    const message = `${request.host} stands behind more than ${MAX_JUMPS} jump hosts`;
    throw new TmError({
      kind: 'unreachable',
      what: 'host',
      host: request.host,
      message,
      hint: 'is there a loop of ProxyJump in ~/.ssh/config?',
    });
  }
  const hops = list.split(',').map((hop) => hop.trim());
  const hop = parseHop(hops.pop() ?? '');
  const spec: SshSpec = {
    kind: 'ssh',
    ...(hop.user === undefined ? {} : { user: hop.user }),
    ...(hop.port === undefined ? {} : { port: hop.port }),
  };
  return resolve({
    ...{ host: request.host, config: request.config, surroundings: request.surroundings },
    ...{ alias: hop.host, spec, jumps: request.jumps + 1 },
    ...(hops.length === 0 ? {} : { proxyJump: hops.join(',') }),
  });
}

/** `[ssh://][user@]host[:port]`, an IPv6 address in brackets. */
function parseHop(text: string): { readonly user?: string; readonly host: string; readonly port?: number } {
  const rest = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1);
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? /^([^:]+)(?::(\d+))?$/.exec(place);
  const port = portOf(match?.[2]);
  return {
    host: match?.[1] ?? place,
    ...(at < 0 ? {} : { user: rest.slice(0, at) }),
    ...(port === undefined ? {} : { port }),
  };
}

function hostKeyPolicy(spec: SshSpec, settings: SshSettings, context: PathContext): HostKeyPolicy {
  const knownAs = first(settings, 'hostkeyalias');
  const files = (key: string, usual: readonly string[]) =>
    (settings.get(key) ?? usual).filter((file) => !isNone(file)).map((file) => expandPath(file, context));
  return {
    unknown: unknownKeys(spec, settings),
    ...(spec.hostKey?.kind === 'fingerprint' ? { fingerprint: spec.hostKey.sha256 } : {}),
    ...(knownAs === undefined ? {} : { knownAs }),
    userFiles: files('userknownhostsfile', USER_KNOWN_HOSTS),
    globalFiles: files('globalknownhostsfile', GLOBAL_KNOWN_HOSTS),
    hashNames: isYes(first(settings, 'hashknownhosts')),
  };
}

function unknownKeys(spec: SshSpec, settings: SshSettings): HostKeyPolicy['unknown'] {
  if (spec.hostKey !== undefined) return spec.hostKey.kind === 'accept-new' ? 'accept-new' : 'ask';
  switch (first(settings, 'stricthostkeychecking')?.toLowerCase()) {
    case 'yes':
    case 'true':
      return 'strict';
    // OpenSSH's `no` would take a changed key too. That we never do.
    case 'no':
    case 'off':
    case 'false':
    case 'accept-new':
      return 'accept-new';
    default:
      return 'ask';
  }
}

function keyPolicy(spec: SshSpec, settings: SshSettings, context: PathContext): KeyPolicy {
  const agent = agentSocket(settings, context);
  const withAgent = agent === undefined ? {} : { agent };
  const { auth } = spec;
  if (auth?.kind === 'agent') return { ...withAgent, onlyFiles: false, files: [], asked: auth };
  if (auth?.kind === 'key') {
    const files = [{ path: expandPath(auth.path, context), isNamed: true }];
    return { ...withAgent, onlyFiles: true, files, asked: auth };
  }
  const named = (settings.get('identityfile') ?? []).filter((file) => !isNone(file));
  const files: readonly KeyFile[] =
    named.length > 0
      ? named.map((file) => ({ path: expandPath(file, context), isNamed: false }))
      : USUAL_KEYS.map((name) => ({ path: `${context.home}/.ssh/${name}`, isNamed: false }));
  return { ...withAgent, onlyFiles: isYes(first(settings, 'identitiesonly')), files };
}

function agentSocket(settings: SshSettings, context: PathContext): string | undefined {
  const named = first(settings, 'identityagent');
  if (named === undefined || named === 'SSH_AUTH_SOCK') return context.env['SSH_AUTH_SOCK'] || undefined;
  if (isNone(named)) return undefined;
  if (named.startsWith('$') && !named.startsWith('${')) return context.env[named.slice(1)] || undefined;
  return expandPath(named, context);
}

const first = (settings: SshSettings, key: string): string | undefined => settings.get(key)?.[0];
const isNone = (value: string): boolean => value.toLowerCase() === 'none';
const isYes = (value: string | undefined): boolean => /^(yes|true)$/i.test(value ?? '');

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
