import type { PeerName } from '../../model/names.ts';
import { statusKey } from '../../model/wire.ts';
import type { StatusReport } from '../../ports/bus.ts';
import type { Reply } from './redis-call.ts';
import { RedisLinkLost } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';
import { redisScript, runScript } from './redis-script.ts';

/** Keys that are read at once; a Lua call takes no more than a few thousand arguments. */
const KEYS_PER_READ = 1_000;

/**
 * Reads the values, and in the same instant puts a mark among the notifications: those before it are of values up to what was read,
 * those behind it are of later ones. KEYS: statuses. ARGV: channel of marks, the read's number.
 */
const READ = redisScript(`
redis.call('PUBLISH', ARGV[1], ARGV[2])
return redis.call('MGET', unpack(KEYS))`);

/** Notifications that are not of a new value. */
const NO_VALUE = new Set(['del', 'unlink', 'expire', 'persist', 'expired', 'evicted', 'rename_from', 'move_from']);

interface Options {
  readonly peers: readonly PeerName[];
  readonly tell: (report: StatusReport) => void;
}

type Counts = Map<PeerName, number>;

interface Awaited {
  readonly from: number;
  readonly peers: Set<PeerName>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The statuses of all peers: a notification makes a peer dirty, and all that are dirty are read at once, one read at a time.
 * Every value that a notification told of is either reported or counted in `missed`.
 */
export class StatusWatch {
  readonly #options: Options;
  readonly #told = new Map<PeerName, string>();
  readonly #dirty = new Set<PeerName>();
  /** Notifications of new values since the last mark. */
  #counts: Counts = new Map();
  #link: RedisLink | undefined;
  #marks: string | undefined;
  #number = 0;
  #mark: { readonly number: number; readonly resolve: (counts: Counts) => void } | undefined;
  #loop: Promise<void> | undefined;
  /** Peers that someone waits for to be read by a read with at least this number. */
  readonly #awaited = new Set<Awaited>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Reads everything on a new connection. `marks` is the channel of our marks; undefined where no notifications come and every read is by itself. */
  async connected(link: RedisLink, marks: string | undefined): Promise<void> {
    await this.#loop;
    this.#link = link;
    this.#marks = marks;
    await link.race(this.readAll());
  }

  lost(): void {
    this.#link = undefined;
    this.#counts = new Map();
    this.#mark = undefined;
  }

  /** There will be no other connection: whoever waits hears of it. */
  ended(fault: unknown): void {
    this.lost();
    this.#reject(fault);
  }

  /** A notification for the status of `peer`. */
  notified(peer: PeerName, event: string): void {
    if (!NO_VALUE.has(event)) this.#counts.set(peer, (this.#counts.get(peer) ?? 0) + 1);
    this.#dirty.add(peer);
    this.#start();
  }

  /** A message on the channel of marks. */
  marked(number: number): void {
    if (this.#mark?.number !== number) return;
    const counts = this.#counts;
    this.#counts = new Map();
    this.#mark.resolve(counts);
    this.#mark = undefined;
  }

  /** Resolves when every status has been read after this call and told where it is news; a lost connection only delays it. */
  readAll(): Promise<void> {
    const { peers } = this.#options;
    if (peers.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#awaited.add({ from: this.#number + 1, peers: new Set(peers), resolve, reject });
      for (const peer of peers) this.#dirty.add(peer);
      this.#start();
    });
  }

  #start(): void {
    const link = this.#link;
    if (link === undefined || this.#loop !== undefined) return;
    let refused = false;
    this.#loop = this.#read(link)
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

  async #read(link: RedisLink): Promise<void> {
    while (this.#dirty.size > 0 && this.#link === link) {
      // One read a turn: peers that change in the same moment are read together.
      await new Promise(setImmediate);
      const peers = [...this.#dirty].slice(0, KEYS_PER_READ);
      for (const peer of peers) this.#dirty.delete(peer);
      this.#number += 1;
      const number = this.#number;
      const [values, counts] = await this.#ask(link, peers, number);
      this.#tell(peers, values, counts);
      this.#satisfy(number, peers);
    }
  }

  async #ask(link: RedisLink, peers: readonly PeerName[], number: number): Promise<[readonly Reply[], Counts]> {
    const keys = peers.map(statusKey);
    if (this.#marks === undefined) return [(await link.call('mget', ...keys)) as readonly Reply[], new Map()];
    const marked = new Promise<Counts>((resolve) => {
      this.#mark = { number, resolve };
    });
    const values = await runScript(link, READ, keys, [this.#marks, number]);
    return [values as readonly Reply[], await link.race(marked)];
  }

  #tell(peers: readonly PeerName[], values: readonly Reply[], counts: Counts): void {
    for (const [index, peer] of peers.entries()) {
      const sets = counts.get(peer) ?? 0;
      counts.delete(peer);
      const status = values[index];
      if (typeof status !== 'string') {
        this.#told.delete(peer);
        continue;
      }
      if (sets === 0 && status === this.#told.get(peer)) continue;
      this.#told.set(peer, status);
      this.#options.tell({ peer, status, missed: Math.max(0, sets - 1) });
    }
    // Notified before the mark, but not among the keys that were read: they are for the next read.
    for (const [peer, sets] of counts) {
      this.#counts.set(peer, (this.#counts.get(peer) ?? 0) + sets);
      this.#dirty.add(peer);
    }
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
