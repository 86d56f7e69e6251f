import { setTimeout as sleep } from 'node:timers/promises';
import type { TestName } from '../../model/names.ts';
import { onAbort } from './abortable.ts';
import { eventsKey, eventsStartKey } from './own-keys.ts';
import type { Reply } from './redis-call.ts';
import { RedisReplyError, redisRefused, redisUnreachable } from './redis-fault.ts';
import { RedisLink } from './redis-link.ts';
import type { SessionLimits } from './redis-session.ts';
import type { RedisEndpoint } from './redis-url.ts';

const LINES_PER_READ = 1_000;
/** Milliseconds that Redis lets a read wait; an answer that takes twice as long will not come. */
const BLOCK_MS = 5_000;

/**
 * The test's journal lines from the start of its current run, then live, until the signal. On a connection of its own, since a read
 * that waits blocks everything behind it. Reads only, and goes on where it was after a break.
 */
export async function* followEvents(
  endpoint: RedisEndpoint,
  limits: SessionLimits,
  test: TestName,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let instance: string | undefined;
  let last = '';
  let link: RedisLink | undefined;
  let failedSince: number | undefined;
  try {
    while (!signal.aborted) {
      let lines: readonly string[] = [];
      try {
        if (link === undefined) {
          link = await RedisLink.open(endpoint, { name: 'tm-follow', timeoutMs: limits.connectMs }, signal);
          // Another server has another stream.
          if (link.info.instance !== instance) last = await beforeStart(link, test);
          instance = link.info.instance;
        }
        ({ lines, last } = await read(link, test, last, signal));
        failedSince = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RedisReplyError) throw redisRefused('to be followed', error);
        link?.close();
        link = undefined;
        failedSince ??= performance.now();
        if (performance.now() - failedSince > limits.giveUpMs) throw redisUnreachable(error, endpoint);
        await sleep(250, undefined, { signal }).catch(() => undefined);
      }
      yield* lines;
    }
  } finally {
    link?.close();
  }
}

async function read(
  link: RedisLink,
  test: TestName,
  last: string,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly last: string }> {
  // Closing the connection is the only way to end a read that waits.
  const stop = () => link.close('stopped');
  const late = setTimeout(() => link.close('no answer'), BLOCK_MS * 2);
  const remove = onAbort(signal, stop);
  try {
    const reply = await link.call(
      'xread',
      'COUNT',
      LINES_PER_READ,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      eventsKey(test),
      last,
    );
    if (reply === null) return { lines: [], last };
    const [[, entries]] = reply as unknown as [[string, readonly (readonly [string, readonly string[]])[]]];
    return { lines: entries.map(([, [, line]]) => line ?? ''), last: entries.at(-1)?.[0] ?? last };
  } finally {
    clearTimeout(late);
    remove();
  }
}

/** The id behind which the current run's first line stands. Sequence numbers begin with 1, so there is always one before. */
async function beforeStart(link: RedisLink, test: TestName): Promise<string> {
  const start: Reply = await link.call('get', eventsStartKey(test));
  const [epoch, number] = (String(start ?? '').split(' ')[0] ?? '').split('-');
  if (epoch === undefined || number === undefined) return '0-0';
  return `${epoch}-${Number(number) - 1}`;
}
