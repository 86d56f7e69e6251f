import type { PeerName } from '../../model/names.ts';
import { abortable } from './abortable.ts';
import { calmSync, hurrySync } from './hurry-sync.ts';
import { markChannel } from './own-keys.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisSession } from './redis-session.ts';
import { ReplicaFeed } from './replica-feed.ts';
import { KEYS_PER_READ, readStatuses } from './status-read.ts';

/** Milliseconds for the settings to be put back, and for what stands already to be read. */
const CALM_MS = 2_000;
const STANDING_MS = 2_000;
/** The mark of that read; those behind it count from 1. */
const MARK = 0;

/**
 * A feed of the peers' statuses from the session's server, with those that stand already; undefined where the server does not let us, or
 * takes too long. Throws the reason of `signal`.
 */
export async function openReplicaFeed(
  session: RedisSession,
  bus: string,
  peers: readonly PeerName[],
  signal: AbortSignal,
): Promise<ReplicaFeed | undefined> {
  const marks = markChannel(bus);
  const hurry = async () => {
    const settings = await session.run('to be asked', hurrySync, AbortSignal.timeout(CALM_MS)).catch(() => []);
    return async () => {
      if (settings.length === 0) return;
      const calm = (link: RedisLink) => calmSync(link, settings);
      await session.run('its settings', calm, AbortSignal.timeout(CALM_MS)).catch(() => undefined);
    };
  };
  let feed: ReplicaFeed | undefined;
  try {
    feed = await ReplicaFeed.open({ endpoint: session.endpoint, peers, marks, hurry }, signal);
    await tellStanding(session, feed, marks, signal);
    return feed;
  } catch {
    feed?.close();
    signal.throwIfAborted();
    return undefined;
  }
}

/** What stood before the stream began is in the snapshot, which nobody reads: it is asked for, at a place of the stream that is known. */
async function tellStanding(
  session: RedisSession,
  feed: ReplicaFeed,
  marks: string,
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(STANDING_MS)]);
  const passed = feed.backlog.mark(MARK);
  const standing = new Map<PeerName, string>();
  for (let rest = feed.peers; rest.length > 0; ) {
    const some = rest.slice(0, KEYS_PER_READ);
    rest = rest.slice(KEYS_PER_READ);
    const mark = rest.length === 0 ? { channel: marks, number: MARK } : undefined;
    const asked = some.map((peer) => ({ peer, from: undefined }));
    const readings = await session.run('the present statuses', (link) => readStatuses(link, asked, mark), limit);
    for (const [index, { value }] of readings.entries()) {
      if (value !== undefined) standing.set(some[index]!, value);
    }
  }
  for (const peer of await abortable(passed, limit)) standing.delete(peer);
  feed.backlog.stood(standing);
}
