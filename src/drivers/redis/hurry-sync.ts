import type { Reply } from './redis-call.ts';
import { RedisReplyError } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';

/** By default a server waits five seconds for more replicas before it sends its snapshot, or writes that to its disk first. */
const WANTED: readonly (readonly [string, string])[] = [
  ['repl-diskless-sync', 'yes'],
  ['repl-diskless-sync-delay', '0'],
];

/** Makes the server send a snapshot as soon as it is asked for one, and gives the settings to put back. None where it does not let us. */
export async function hurrySync(link: RedisLink): Promise<readonly (readonly [string, string])[]> {
  try {
    const reply = (await link.call('config', 'get', 'repl-diskless-sync*')) as readonly Reply[];
    const before = WANTED.flatMap(([setting, wanted]): [string, string][] => {
      const at = reply.indexOf(setting);
      const value = reply[at + 1];
      return at < 0 || value === wanted || typeof value !== 'string' ? [] : [[setting, value]];
    });
    for (const [setting] of before) await link.call('config', 'set', setting, new Map(WANTED).get(setting)!);
    return before;
  } catch (error) {
    if (error instanceof RedisReplyError) return [];
    throw error;
  }
}

/** Puts the settings back. */
export async function calmSync(link: RedisLink, settings: readonly (readonly [string, string])[]): Promise<void> {
  for (const [setting, value] of settings) await link.call('config', 'set', setting, value);
}
