import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';

/** Where a Redis is and how to enter it, as its URL says. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: Secret;
  readonly database: number;
  readonly tls: boolean;
  /** The URL without user and password, for people. */
  readonly display: string;
}

/** Reads `redis[s]://[user:password@]host[:port][/database]`. A fault is of kind `usage` and never repeats the URL, which may hold a password. */
export function parseRedisUrl(url: Secret): RedisEndpoint {
  const text = url.reveal();
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (
    parsed === undefined ||
    (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') ||
    parsed.hostname === ''
  ) {
    throw usage('the Redis URL cannot be read');
  }
  const path = parsed.pathname.replace(/^\//, '');
  if (!/^\d{0,9}$/.test(path)) throw usage('the Redis URL does not end in the number of a database');
  // URL keeps the brackets of an IPv6 address; sockets want it without.
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = parsed.port === '' ? 6379 : Number(parsed.port);
  const database = path === '' ? 0 : Number(path);
  return {
    host,
    port,
    ...(parsed.username === '' ? {} : { username: decoded(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: new Secret(decoded(parsed.password)) }),
    database,
    tls: parsed.protocol === 'rediss:',
    display: `${parsed.protocol}//${parsed.hostname}:${port}/${database}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage('the user or password of the Redis URL has a % that is not followed by two hex digits');
  }
}

const usage = (message: string): TmError =>
  new TmError({ kind: 'usage', message, hint: 'it has the form redis://[user:password@]host[:port][/database]' });
