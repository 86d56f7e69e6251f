import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerName } from '../../model/names.ts';
import type { StatusReport } from '../../ports/bus.ts';
import type { FeedState } from './feed-listener.ts';
import { RedisLinkLost } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';
import type { ReplicaFeed } from './replica-feed.ts';
import { KEYS_PER_READ, readStatuses } from './status-read.ts';
import { StatusTurn } from './status-turn.ts';
import { WatchedStatus } from './watched-status.ts';

/** Milliseconds that the feed may be behind a read before it counts as stuck. */
const STUCK_MS = 3_000;
/** Notifications that are not of a new value. */
const NO_VALUE = new Set(['del', 'unlink', 'expire', 'persist', 'expired', 'evicted', 'rename_from', 'move_from']);

interface Options {
  readonly peers: readonly PeerName[];
  readonly tell: (report: StatusReport) => void;
  /** The channel of our marks. */
  readonly marks: string;
  /** The replication stream, where it is read. */
  readonly feed: ReplicaFeed | undefined;
}

interface Awaited {
  readonly from: number;
  readonly peers: Set<PeerName>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The statuses of all peers. From the replication stream each is told as it comes. Without it a notification makes a peer dirty, and
 * all that are dirty are read at once, one read at a time: what such a peer also appended to its stream is told entry by entry, and of
 * what it only SET, the value is told and the SETs before it are counted in `missed`.
 */
export class StatusWatch {
  readonly #options: Options;
  readonly #statuses: ReadonlyMap<PeerName, WatchedStatus>;
  readonly #dirty = new Set<PeerName>();
  #link: RedisLink | undefined;
  /** Whether notifications come. */
  #watched = false;
  #number = 0;
  #turn: StatusTurn | undefined;
  #loop: Promise<void> | undefined;
  /** Peers that someone waits for to be read by a read with at least this number. */
  readonly #awaited = new Set<Awaited>();

  constructor(options: Options) {
    this.#options = options;
    this.#statuses = new Map(options.peers.map((peer) => [peer, new WatchedStatus(peer, options.tell)]));
    if (options.feed !== undefined) this.#attach(options.feed);
  }

  /** Whether no status hides behind another at present. */
  get replicated(): boolean {
    return this.#feedState !== 'off';
  }

  /** Reads everything on a new connection; `watched`: notifications come, and our marks among them. */
  async connected(link: RedisLink, watched: boolean): Promise<void> {
    await this.#loop;
    this.#link = link;
    this.#watched = watched;
    await link.race(this.readAll());
  }

  lost(): void {
    this.#link = undefined;
    this.#turn?.abandon();
    this.#turn = undefined;
    for (const status of this.#statuses.values()) status.unwatched();
  }

  /** There will be no other connection: whoever waits hears of it. */
  ended(fault: unknown): void {
    this.lost();
    this.#reject(fault);
  }

  /** The peers' keys were deleted, and nobody's place in them is left. */
  cleared(peers: readonly PeerName[]): void {
    for (const peer of peers) this.#statuses.get(peer)?.cleared();
  }

  /** A notification for the status of `peer`. */
  notified(peer: PeerName, event: string): void {
    const status = this.#statuses.get(peer);
    if (status === undefined) return;
    if (!NO_VALUE.has(event)) status.notified();
    if (status.source === 'reads') this.#read(peer);
  }

  /** A message on the channel of marks. */
  marked(number: number): void {
    this.#turn?.watchMarked(number);
  }

  /** Resolves when every status has been read after this call and told where it is news; a lost connection only delays it. */
  readAll(): Promise<void> {
    const { peers } = this.#options;
    if (peers.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#awaited.add({ from: this.#number + 1, peers: new Set(peers), resolve, reject });
      this.#read(...peers);
    });
  }

  get #feedState(): FeedState {
    return this.#options.feed?.state ?? 'off';
  }

  #attach(feed: ReplicaFeed): void {
    for (const status of this.#statuses.values()) status.begin();
    const of = (peer: PeerName) => this.#statuses.get(peer);
    const whole = feed.attach({
      set: (peer, status, entry, missed) => of(peer)?.fed(status, entry, missed),
      deleted: (peer) => of(peer)?.deleted(),
      streamDeleted: (peer) => of(peer)?.streamDeleted(),
      unclear: (peer) => {
        of(peer)?.unclear();
        this.#read(peer);
      },
      marked: (number) => this.#turn?.feedMarked(number),
      changed: (state) => this.#feedChanged(state),
    });
    if (!whole || feed.state === 'off') this.#feedChanged('off');
  }

  #feedChanged(state: FeedState): void {
    if (state === 'resuming') return;
    if (state === 'off') {
      for (const status of this.#statuses.values()) status.unfed();
      this.#turn?.feedEnded();
    }
    // Behind a gap each peer is read, and so joins the feed where there is one.
    this.#read(...this.#options.peers);
  }

  #read(...peers: readonly PeerName[]): void {
    for (const peer of peers) this.#dirty.add(peer);
    this.#start();
  }

  #start(): void {
    const link = this.#link;
    if (link === undefined || this.#loop !== undefined) return;
    let refused = false;
    this.#loop = this.#run(link)
      .catch((error: unknown) => {
        // A break is the session's affair: the next connection reads everything.
        if (error instanceof RedisLinkLost) return;
        refused = true;
        this.#reject(error);
      })
      .finally(() => {
        this.#loop = undefined;
        if (this.#dirty.size > 0 && !refused) this.#start();
      });
  }

  async #run(link: RedisLink): Promise<void> {
    while (this.#dirty.size > 0 && this.#link === link) {
      // One read a turn: peers that change in the same moment are read together.
      await new Promise(setImmediate);
      const peers = [...this.#dirty].slice(0, KEYS_PER_READ);
      for (const peer of peers) this.#dirty.delete(peer);
      this.#number += 1;
      const turn = new StatusTurn(
        this.#number,
        peers.flatMap((peer) => this.#statuses.get(peer) ?? []),
        { watched: this.#watched, fed: this.#feedState !== 'off' },
      );
      this.#turn = turn;
      try {
        await this.#take(link, turn);
      } finally {
        turn.abandon();
        if (this.#turn === turn) this.#turn = undefined;
      }
    }
  }

  async #take(link: RedisLink, turn: StatusTurn): Promise<void> {
    const { marks } = this.#options;
    const wanted = turn.statuses.map(({ peer, wanted: from }) => ({ peer, from }));
    const mark = turn.expectsMark ? { channel: marks, number: turn.number } : undefined;
    const readings = await readStatuses(link, wanted, mark);
    await link.race(turn.watch);
    await link.race(this.#untilFed(turn));
    if (this.#link !== link) throw new RedisLinkLost('replaced');
    const { done, again } = turn.finish(readings, this.#watched ? 'notification' : 'poll');
    for (const peer of again) this.#dirty.add(peer);
    this.#satisfy(turn.number, done);
  }

  /** Waits for the feed to come to the turn's mark. One that never does is made anew, and then done without. */
  async #untilFed(turn: StatusTurn): Promise<void> {
    const { feed } = this.#options;
    if (feed === undefined) return;
    for (const end of [() => feed.shake('it is stuck'), () => feed.close()]) {
      const stop = new AbortController();
      const late = sleep(STUCK_MS, true, { signal: stop.signal, ref: false }).catch(() => false);
      const stuck = await Promise.race([turn.feed.then(() => false), late]);
      stop.abort();
      if (!stuck) return;
      end();
    }
    await turn.feed;
  }

  #reject(error: unknown): void {
    for (const { reject } of this.#awaited) reject(error);
    this.#awaited.clear();
  }

  #satisfy(number: number, peers: readonly PeerName[]): void {
    for (const awaited of this.#awaited) {
      if (number < awaited.from) continue;
      for (const peer of peers) awaited.peers.delete(peer);
      if (awaited.peers.size > 0) continue;
      this.#awaited.delete(awaited);
      awaited.resolve();
    }
  }
}
