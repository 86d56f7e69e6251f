import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where image tars stay between runs. It may be removed at any time. */
export function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'the-mule', 'testbed');
}
