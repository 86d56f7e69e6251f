import type { PeerName } from '../../model/names.ts';
import type { FeedListener, FeedState } from './feed-listener.ts';
import type { StreamEntry } from './replica-changes.ts';

/** Statuses and characters that are kept, at most. */
const LIMITS = { statuses: 20_000, characters: 16 << 20 };

interface Item {
  readonly peer: PeerName;
  readonly status: string;
  readonly entry: StreamEntry | undefined;
}

/** Keeps what a feed tells until somebody listens: a bounded number of statuses, the newest. */
export class ReplicaBacklog implements FeedListener {
  #items: Item[] = [];
  #characters = 0;
  readonly #dropped = new Map<PeerName, number>();
  readonly #unclear = new Set<PeerName>();
  /** Peers of which something was told, so that what stood before no longer does. */
  readonly #heardOf = new Set<PeerName>();
  #gap = false;
  #mark: { readonly number: number; readonly resolve: (heardOf: ReadonlySet<PeerName>) => void } | undefined;

  set(peer: PeerName, status: string, entry: StreamEntry | undefined): void {
    this.#heardOf.add(peer);
    this.#items.push({ peer, status, entry });
    this.#characters += status.length;
    while (this.#items.length > LIMITS.statuses || this.#characters > LIMITS.characters) {
      const [oldest] = this.#items.splice(0, 1);
      if (oldest === undefined) return;
      this.#characters -= oldest.status.length;
      this.#dropped.set(oldest.peer, (this.#dropped.get(oldest.peer) ?? 0) + 1);
    }
  }

  /** The last run's status, most likely: nobody is to hear of it any more. */
  deleted(peer: PeerName): void {
    this.#heardOf.add(peer);
    this.#items = this.#items.filter((item) => item.peer !== peer);
    this.#characters = this.#items.reduce((sum, { status }) => sum + status.length, 0);
    this.#dropped.delete(peer);
    this.#unclear.delete(peer);
  }

  streamDeleted(): void {
    // Nobody has a place in it yet.
  }

  unclear(peer: PeerName): void {
    this.#heardOf.add(peer);
    this.#unclear.add(peer);
  }

  marked(number: number): void {
    if (this.#mark?.number === number) this.#mark.resolve(new Set(this.#heardOf));
  }

  changed(state: FeedState): void {
    if (state === 'off') this.#gap = true;
  }

  /** Resolves at the mark, with the peers of which something was told before it. */
  async mark(number: number): Promise<ReadonlySet<PeerName>> {
    return new Promise((resolve) => {
      this.#mark = { number, resolve };
    });
  }

  /** What stood before all that is kept. */
  stood(statuses: ReadonlyMap<PeerName, string>): void {
    const items = [...statuses].map(([peer, status]) => ({ peer, status, entry: undefined }));
    this.#items = [...items, ...this.#items];
    this.#characters += items.reduce((sum, { status }) => sum + status.length, 0);
  }

  /** Tells everything, and gives whether that is all that there was. */
  replay(listener: FeedListener): boolean {
    for (const { peer, status, entry } of this.#items) {
      listener.set(peer, status, entry, this.#dropped.get(peer));
      this.#dropped.delete(peer);
    }
    for (const peer of this.#unclear) listener.unclear(peer);
    this.#items = [];
    return !this.#gap;
  }
}
