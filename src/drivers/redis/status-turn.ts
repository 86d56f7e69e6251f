import type { StatusSource } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { StatusReading } from './status-read.ts';
import type { WatchedStatus } from './watched-status.ts';

/** One read of some peers' statuses, whose mark comes back on each way that statuses come. */
export class StatusTurn {
  readonly number: number;
  readonly statuses: readonly WatchedStatus[];
  /** Whether somebody waits for a mark. */
  readonly expectsMark: boolean;
  /** Resolves when the mark has come among the notifications; at once where none come. */
  readonly watch: Promise<void>;
  /** Resolves when the mark has come in the feed, or never will. */
  readonly feed: Promise<void>;
  /** Those whose statuses the feed told when the read began. */
  readonly #fed: ReadonlySet<WatchedStatus>;
  readonly #sets = new Map<WatchedStatus, number>();
  readonly #feedings = new Map<WatchedStatus, number>();
  #watchPassed: () => void = () => undefined;
  #feedPassed: () => void = () => undefined;
  #open: Set<WatchedStatus>;

  constructor(
    number: number,
    statuses: readonly WatchedStatus[],
    ways: { readonly watched: boolean; readonly fed: boolean },
  ) {
    this.number = number;
    this.statuses = statuses;
    this.expectsMark = ways.watched || ways.fed;
    this.#fed = new Set(statuses.filter(({ source }) => source === 'feed'));
    this.#open = new Set(statuses);
    this.watch = !ways.watched
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#watchPassed = resolve;
        });
    this.feed = !ways.fed
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#feedPassed = resolve;
        });
  }

  watchMarked(number: number): void {
    if (number !== this.number) return;
    for (const status of this.statuses) this.#sets.set(status, status.watchMarked());
    this.#watchPassed();
  }

  feedMarked(number: number): void {
    if (number !== this.number) return;
    for (const status of this.statuses) {
      status.feedMarked();
      this.#feedings.set(status, status.feedings);
    }
    this.#feedPassed();
  }

  feedEnded(): void {
    this.#feedings.clear();
    this.#feedPassed();
  }

  /** Tells what was read. Gives the peers that are done, and those that have to be read once more. */
  finish(
    readings: readonly StatusReading[],
    via: StatusSource,
  ): { readonly done: readonly PeerName[]; readonly again: readonly PeerName[] } {
    const done: PeerName[] = [];
    for (const [index, reading] of readings.entries()) {
      const status = this.statuses[index]!;
      if (!this.#tell(status, reading, via)) continue;
      this.#open.delete(status);
      done.push(status.peer);
    }
    const again = [...this.#open].map(({ peer }) => peer);
    this.abandon();
    return { done, again };
  }

  /** What was not told is to be told by another read. */
  abandon(): void {
    for (const status of this.#open) status.unread(this.#sets.get(status));
    this.#open = new Set();
  }

  #tell(status: WatchedStatus, reading: StatusReading, via: StatusSource): boolean {
    if (!this.#fed.has(status)) {
      const sets = this.#sets.get(status) ?? 0;
      this.#sets.delete(status);
      return status.read(reading, sets, via);
    }
    // The feed told it when the read began, and does no longer: its stream was not read.
    if (status.source !== 'feed') return false;
    // What it told since the mark is newer than what was read.
    if (this.#feedings.get(status) === status.feedings) status.compare(reading, via);
    else status.align();
    return true;
  }
}
