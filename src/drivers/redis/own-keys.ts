/** The keys and channels that tm keeps for itself in a test's Redis. Peers' keys are in `model/wire.ts`. */
import type { TestName } from '../../model/names.ts';

/** Who uses this database: JSON of a LockHolder, with an expiry. */
export const LOCK_KEY = 'tm:lock';
/** Hash: the batch of log lines that was handed out and not yet confirmed (`id`, `batch`). */
export const IN_FLIGHT_KEY = 'tm:inflight';
/** Hash, in database 0 as the setting is the server's: `notify-keyspace-events` as it was, and as tm set it. */
export const NOTIFY_KEY = 'tm:notify-before';
/** Channel that every listening tm is subscribed to, so that the last to leave puts the setting back. */
export const LISTENING_CHANNEL = 'tm:listening';
/** Number of the last message that one bus pushed: what makes a repeated push harmless. */
export const sentKey = (bus: string): string => `tm:sent:${bus}`;
/** Channel on which one bus marks the place of its reads among the notifications. */
export const markChannel = (bus: string): string => `tm:mark:${bus}`;
/** Key by which one bus finds out whether notifications come. */
export const probeKey = (bus: string): string => `tm:probe:${bus}`;
/** Hash: runs whose timeline has begun, and when. */
export const usedKey = (test: TestName): string => `tm:used:${test}`;
/** List of commands that somebody at another terminal wants sent: JSON of HandRequest, oldest at the left. */
export const handKey = (test: TestName): string => `tm:hand:${test}`;
/** Stream of journal lines, for watchers. */
export const eventsKey = (test: TestName): string => `tm:events:${test}`;
/** Where in the stream the current run begins: `<id> <run>`. */
export const eventsStartKey = (test: TestName): string => `tm:events:${test}:start`;
