import type { StatusPrecision } from '../../model/event.ts';
import type { TmError } from '../../model/fault.ts';
import type { PeerName, TestName } from '../../model/names.ts';
import { commandKey, keyspaceChannel, logKey, statusKey } from '../../model/wire.ts';
import type { BusListener, Listening } from '../../ports/bus.ts';
import { abortable } from './abortable.ts';
import { HandRequests } from './hand-requests.ts';
import { LogDrain } from './log-drain.ts';
import { makeProbeEvents, PROBE_EVENTS, restoreNotifications, turnOnNotifications } from './notifications.ts';
import { handKey, LISTENING_CHANNEL, markChannel, probeKey } from './own-keys.ts';
import { RedisLinkLost, RedisReplyError } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisSession, SessionMember } from './redis-session.ts';
import type { ReplicaFeed } from './replica-feed.ts';
import type { SendQueue } from './send-queue.ts';
import { StatusWatch } from './status-watch.ts';

/** Milliseconds between two looks where no notifications come. */
const POLL_MS = 200;
/** Milliseconds between two looks where they do, should one be lost or somebody else turn them off. */
const DOUBLE_CHECK_MS = 2_000;
/** Milliseconds for a message to come back to us. */
const PROBE_MS = 5_000;
const CHANNELS_PER_CALL = 500;

interface Options {
  readonly bus: string;
  readonly session: RedisSession;
  readonly sends: SendQueue;
  readonly test: TestName;
  readonly peers: readonly PeerName[];
  readonly listener: BusListener;
  /** The replication stream, where it is read; this listening closes it. */
  readonly feed: ReplicaFeed | undefined;
  readonly closed: () => void;
}

/**
 * What a listener is told, on two connections for all peers: one for the server's notifications, and the session's own for what they
 * make us read. After a break everything is read again before `restored`.
 */
export class RedisListening implements Listening, SessionMember {
  readonly #options: Options;
  readonly #statuses: StatusWatch;
  readonly #logs: LogDrain;
  readonly #requests: HandRequests;
  readonly #channels = new Map<string, (event: string) => void>();
  readonly #polls: NodeJS.Timeout;
  #precision: 'notified' | 'polled' | undefined;
  #watch: RedisLink | undefined;
  #lost = false;

  private constructor(options: Options) {
    const { bus, session, sends, test, peers, listener, feed } = options;
    const { database } = session.endpoint;
    this.#options = options;
    this.#requests = new HandRequests(test, (request) => listener.asked(request));
    this.#statuses = new StatusWatch({
      peers,
      marks: markChannel(bus),
      feed,
      tell: (report) => listener.status(report),
    });
    this.#logs = new LogDrain({
      bus,
      peers,
      tell: (lines) => listener.logs(lines),
      napMs: 15,
      quietMs: POLL_MS,
      idleMs: DOUBLE_CHECK_MS,
    });
    for (const peer of peers) {
      this.#channels.set(keyspaceChannel(database, statusKey(peer)), (event) => this.#statuses.notified(peer, event));
      this.#channels.set(keyspaceChannel(database, commandKey(peer)), (event) => {
        if (event !== 'rpush') sends.changed(peer);
      });
      this.#channels.set(keyspaceChannel(database, logKey(peer)), () => this.#logs.woken());
    }
    this.#channels.set(keyspaceChannel(database, handKey(test)), () => this.#requests.woken());
    this.#channels.set(markChannel(bus), (number) => this.#statuses.marked(Number(number)));
    let ticks = 0;
    this.#polls = setInterval(() => {
      ticks += 1;
      if (this.#precision === 'polled' || ticks % (DOUBLE_CHECK_MS / POLL_MS) === 0) this.#look();
    }, POLL_MS);
    this.#polls.unref();
  }

  /** Resolves when the present statuses have been told. */
  static async open(options: Options, signal: AbortSignal): Promise<RedisListening> {
    const listening = new RedisListening(options);
    options.sends.receipts((receipt) => options.listener.taken(receipt));
    try {
      await options.session.join(listening, signal);
      return listening;
    } catch (error) {
      await listening[Symbol.asyncDispose]();
      throw error;
    }
  }

  get precision(): StatusPrecision {
    return this.#statuses.replicated ? 'replicated' : (this.#precision ?? 'polled');
  }

  async connected(link: RedisLink): Promise<void> {
    const { sends } = this.#options;
    this.#statuses.lost();
    if (this.#precision !== 'polled') await this.#subscribe(link);
    const watch = this.#watch;
    await this.#statuses.connected(link, watch !== undefined);
    await sends.checkAll();
    await this.#requests.connected(link);
    await this.#logs.connected(link, watch === undefined ? undefined : this.#alarm(watch));
    if (this.#lost) this.#options.listener.restored();
    this.#lost = false;
  }

  lost(because: string): void {
    this.#watch = undefined;
    this.#statuses.lost();
    this.#requests.lost();
    this.#logs.lost();
    if (!this.#lost) this.#options.listener.lost(because);
    this.#lost = true;
  }

  ended(fault: TmError): void {
    clearInterval(this.#polls);
    this.#options.feed?.close();
    this.#statuses.ended(fault);
    this.#logs.ended(fault);
    this.#options.listener.ended?.(fault.fault);
  }

  /** The peers' keys were deleted by this bus. */
  cleared(peers: readonly PeerName[]): void {
    this.#statuses.cleared(peers);
  }

  async drain(signal: AbortSignal): Promise<void> {
    const { session, sends } = this.#options;
    await session.up(signal);
    await abortable(
      Promise.all([
        this.#statuses.readAll(),
        this.#logs.drain(),
        session.run('the queues', () => sends.checkAll(), signal),
      ]),
      signal,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { session, sends } = this.#options;
    clearInterval(this.#polls);
    sends.receipts(undefined);
    await this.#logs.stop();
    session.leave(this);
    this.#options.feed?.close();
    await this.#requests.stop();
    const watch = this.#watch;
    this.#watch = undefined;
    if (watch !== undefined) session.closeBeside(watch);
    await session
      .run('the notification setting', restoreNotifications, AbortSignal.timeout(2_000))
      .catch(() => undefined);
    this.#options.closed();
  }

  /** Opens the connection for notifications. The first time it also finds out whether they come at all. */
  async #subscribe(link: RedisLink): Promise<void> {
    const { bus, session, test, peers } = this.#options;
    const { database } = session.endpoint;
    const watch = await session.openBeside('tm-watch');
    try {
      watch.onMessage = (channel, event) => this.#channels.get(channel)?.(event);
      const probe = keyspaceChannel(database, probeKey(bus));
      const channels = [LISTENING_CHANNEL, markChannel(bus), keyspaceChannel(database, handKey(test)), probe];
      for (const peer of peers) {
        channels.push(keyspaceChannel(database, statusKey(peer)), keyspaceChannel(database, commandKey(peer)));
      }
      await change(watch, 'subscribe', channels);
      await turnOnNotifications(link);
      if (this.#precision === undefined)
        this.#precision = (await this.#probe(link, watch, probe)) ? 'notified' : 'polled';
      await change(watch, 'unsubscribe', [probe]);
    } catch (error) {
      if (!(error instanceof RedisReplyError) || this.#precision !== undefined) throw error;
      // It may not subscribe.
      this.#precision = 'polled';
    }
    if (this.#precision === 'polled') session.closeBeside(watch);
    else this.#watch = watch;
  }

  /** Asking the server beats believing its settings: they may be as they must be without our being let at them. */
  async #probe(link: RedisLink, watch: RedisLink, probe: string): Promise<boolean> {
    const { bus } = this.#options;
    const seen = new Set<string>();
    this.#channels.set(probe, (event) => seen.add(event));
    const end = new Promise<void>((resolve) => {
      this.#channels.set(LISTENING_CHANNEL, (text) => {
        if (text === bus) resolve();
      });
    });
    await makeProbeEvents(link, bus);
    // Behind all events of the probe, on the same connection.
    await link.call('publish', LISTENING_CHANNEL, bus);
    await watch.race(link.race(abortable(end, AbortSignal.timeout(PROBE_MS)))).catch((error: unknown) => {
      if (error instanceof RedisLinkLost) throw error;
    });
    this.#channels.delete(probe);
    this.#channels.delete(LISTENING_CHANNEL);
    return PROBE_EVENTS.every((event) => seen.has(event));
  }

  #alarm(watch: RedisLink): { on(): Promise<void>; off(): Promise<void> } {
    const { peers, session } = this.#options;
    const channels = peers.map((peer) => keyspaceChannel(session.endpoint.database, logKey(peer)));
    return { on: () => change(watch, 'subscribe', channels), off: () => change(watch, 'unsubscribe', channels) };
  }

  #look(): void {
    this.#statuses.readAll().catch(() => undefined);
    this.#options.sends.checkAll().catch(() => undefined);
    this.#requests.woken();
  }
}

async function change(
  watch: RedisLink,
  command: 'subscribe' | 'unsubscribe',
  channels: readonly string[],
): Promise<void> {
  for (let i = 0; i < channels.length; i += CHANNELS_PER_CALL) {
    await watch.call(command, ...channels.slice(i, i + CHANNELS_PER_CALL));
  }
}
