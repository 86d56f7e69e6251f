/** What the names in an OpenSSH path stand for. */
export interface PathContext {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `%h`: the address that is connected to. */
  readonly address: string;
  /** `%n`: the host as it was written. */
  readonly alias: string;
  readonly port: number;
  /** `%r`: the user there. */
  readonly user: string;
  /** `%u`: the user here. */
  readonly localUser: string;
}

/** Replaces `%h` and its like; a token that is not known stays as it is. */
export function expandTokens(text: string, context: PathContext): string {
  const tokens: Readonly<Record<string, string>> = {
    ...{ '%': '%', h: context.address, n: context.alias, p: String(context.port) },
    ...{ r: context.user, u: context.localUser, d: context.home, k: context.address },
  };
  return text.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
}

/** A path of ssh_config(5) as an absolute one: `~/`, `%h`, `${VAR}`; a relative one is meant from `~/.ssh`. */
export function expandPath(path: string, context: PathContext): string {
  const { home, env } = context;
  const named = expandTokens(path, context).replace(/\$\{(\w+)\}/g, (_whole, name: string) => env[name] ?? '');
  if (named === '~') return home;
  if (named.startsWith('~/')) return `${home}${named.slice(1)}`;
  return named.startsWith('/') ? named : `${home}/.ssh/${named}`;
}

/** A path as a person would write it. */
export const shortPath = (path: string, home: string): string =>
  path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
