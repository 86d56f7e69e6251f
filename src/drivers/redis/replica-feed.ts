import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerName } from '../../model/names.ts';
import type { FeedListener, FeedState } from './feed-listener.ts';
import { RedisLinkLost, RedisReplyError } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';
import { ReplicaBacklog } from './replica-backlog.ts';
import { ReplicaChanges } from './replica-changes.ts';
import { ReplicaLink, type ReplicaPosition } from './replica-link.ts';

interface Options {
  readonly endpoint: RedisEndpoint;
  readonly peers: readonly PeerName[];
  /** The channel of marks. */
  readonly marks: string;
  /** Makes the server send its snapshot at once; gives how to undo that. */
  readonly hurry: () => Promise<() => Promise<void>>;
}

/** Milliseconds for the stream to flow: at first, when somebody waits for it, and later. */
const FIRST_MS = 2_000;
const OPEN_MS = 10_000;
/** Milliseconds for which a lost link may be resumed before statuses are read without it. */
const RESUME_MS = 2_000;
/** Milliseconds between two attempts. */
const PAUSES_MS = { first: 10, longest: 1_000 };
/** Refusals that are none for ever. */
const NOT_NOW = /^(LOADING|BUSY|NOMASTERLINK|MASTERDOWN|TRYAGAIN|UNBLOCKED)\b|Unable to perform background save/;

/**
 * What happens to the peers' statuses, from the server's replication stream: every one, in order. A link that breaks is resumed where it
 * was. Until somebody listens, it is kept.
 */
export class ReplicaFeed {
  readonly #options: Options;
  readonly #changes: ReplicaChanges;
  readonly #backlog: ReplicaBacklog;
  readonly #closing = new AbortController();
  #resuming = new AbortController();
  #listener: FeedListener;
  #state: FeedState = 'off';
  #link: ReplicaLink | undefined;
  #position: ReplicaPosition | undefined;
  #giveUp: NodeJS.Timeout | undefined;
  #first: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  private constructor(options: Options) {
    const { endpoint, peers, marks } = options;
    this.#options = options;
    this.#backlog = new ReplicaBacklog();
    this.#listener = this.#backlog;
    this.#changes = new ReplicaChanges({
      database: endpoint.database,
      peers,
      marks,
      listener: {
        set: (peer, status, entry) => this.#listener.set(peer, status, entry),
        deleted: (peer) => this.#listener.deleted(peer),
        streamDeleted: (peer) => this.#listener.streamDeleted(peer),
        unclear: (peer) => this.#listener.unclear(peer),
        marked: (number) => this.#listener.marked(number),
      },
    });
  }

  /** Resolves when the stream flows. Rejects where the server refuses, or does not within two seconds. */
  static async open(options: Options, signal: AbortSignal): Promise<ReplicaFeed> {
    const feed = new ReplicaFeed(options);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FIRST_MS)]);
    const stop = () => feed.#first?.reject(limit.reason);
    limit.addEventListener('abort', stop, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        feed.#first = { resolve, reject };
        void feed.#run();
      });
      return feed;
    } catch (error) {
      feed.close();
      throw error;
    } finally {
      feed.#first = undefined;
      limit.removeEventListener('abort', stop);
    }
  }

  get state(): FeedState {
    return this.#state;
  }

  get peers(): readonly PeerName[] {
    return this.#options.peers;
  }

  /** What was told while nobody listened. */
  get backlog(): ReplicaBacklog {
    return this.#backlog;
  }

  /** From now on `listener` is told, first of what was kept. Gives whether that is everything, without a gap. */
  attach(listener: FeedListener): boolean {
    this.#listener = listener;
    return this.#backlog.replay(listener);
  }

  /** Ends a link that seems to be stuck; it is resumed on another one. */
  shake(because: string): void {
    this.#link?.close(because);
  }

  close(): void {
    clearTimeout(this.#giveUp);
    this.#closing.abort();
    this.#link?.close();
    this.#change('off');
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = PAUSES_MS.first; !signal.aborted; pause = Math.min(pause * 2, PAUSES_MS.longest)) {
      try {
        const link = await this.#open(signal);
        pause = PAUSES_MS.first;
        await link.closed;
        if (this.#state !== 'off') this.#position = link.position;
      } catch (error) {
        this.#first?.reject(error);
        if (signal.aborted) break;
        if (!(error instanceof RedisLinkLost) && !(error instanceof RedisReplyError && NOT_NOW.test(error.message))) {
          // It will not let us at another time either.
          this.close();
          break;
        }
      }
      this.#link = undefined;
      this.#interrupted();
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  async #open(signal: AbortSignal): Promise<ReplicaLink> {
    const position = this.#state === 'resuming' ? this.#position : undefined;
    this.#resuming = new AbortController();
    const calm = position === undefined ? await this.#options.hurry() : async () => undefined;
    try {
      this.#link = await ReplicaLink.open(
        this.#options.endpoint,
        {
          position,
          timeoutMs: OPEN_MS,
          wants: (name, key) => this.#changes.wants(name, key),
          restarts: () => this.#restarts(position),
          began: (resumed) => this.#began(resumed),
          command: (name, command) => this.#changes.command(name, command),
        },
        AbortSignal.any([signal, this.#resuming.signal]),
      );
      return this.#link;
    } finally {
      await calm();
    }
  }

  #restarts(position: ReplicaPosition | undefined): void {
    this.#change('off');
    // It was not hurried, since it could have gone on, and would now take its time.
    if (position !== undefined) throw new RedisLinkLost('the server cannot go on where we were');
  }

  #began(resumed: boolean): void {
    // What came meanwhile was read, and would be told twice.
    if (resumed && this.#state !== 'resuming') throw new RedisLinkLost('resumed too late');
    clearTimeout(this.#giveUp);
    if (!resumed) this.#changes.begin();
    this.#change('online');
    this.#first?.resolve();
  }

  #interrupted(): void {
    if (this.#state !== 'online') return;
    this.#change('resuming');
    this.#giveUp = setTimeout(() => {
      this.#change('off');
      // A server that has forgotten where we were says nothing until it gets round to a snapshot: it is asked for that in its own way.
      this.#resuming.abort(new RedisLinkLost('not resumed in time'));
    }, RESUME_MS);
    this.#giveUp.unref();
  }

  #change(state: FeedState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listener.changed(state);
  }
}
