/** Where a Redis is and how to log in. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Reads `redis[s]://[[user]:password@]host[:port][/database]`; gives a text that says what is wrong otherwise. The text never repeats
 * the URL, which may hold a password.
 */
export function parseRedisUrl(text: string): RedisTarget | string {
  if (!URL.canParse(text)) return 'is not a URL; expected redis://[user:password@]host[:port][/database]';
  const url = new URL(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    return `has the scheme "${url.protocol.slice(0, -1)}"; expected redis or rediss`;
  }
  if (url.hostname === '') return 'names no host';
  const database = url.pathname.replace(/^\//, '');
  // Not repeated: where a password has a "/" in it, the rest of the password stands here.
  if (!/^\d{0,5}$/.test(database))
    return 'names a database that is no number (a "/" in a password must be written %2F)';
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === undefined || password === undefined) return 'has a user or password that is not percent-encoded';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    database: Number(database),
    tls: url.protocol === 'rediss:',
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
