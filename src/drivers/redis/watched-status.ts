import type { StatusSource } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { StatusReport } from '../../ports/bus.ts';
import type { StreamEntry } from './replica-changes.ts';
import { StatusAccount } from './status-account.ts';
import type { StatusReading } from './status-read.ts';

/**
 * One peer's statuses, each from one source alone:
 *
 * ```
 *   reads ──the mark of a read passes in the feed──► joining ──that read is told──► feed
 *     ▲                                                 │                            │
 *     └──────────────────────── the feed is off ────────┴────────────────────────────┘
 * ```
 *
 * Of SETs, notifications and the feed tell the same ones. So the difference of their numbers says how many were not told when the feed ends.
 */
export class WatchedStatus {
  readonly peer: PeerName;
  source: 'reads' | 'joining' | 'feed' = 'reads';
  readonly #account: StatusAccount;
  readonly #tell: (report: StatusReport) => void;
  /** Notifications of SETs: since the last read where reads tell, since the two were aligned where the feed does. */
  #sets = 0;
  /** SETs that the feed told since they were aligned. */
  #fed = 0;
  #aligned = false;
  /** What the feed told while joining: it comes behind what the read tells. */
  #held: (() => void)[] = [];
  /** Counts what the feed tells, for ever. */
  #feedings = 0;

  constructor(peer: PeerName, tell: (report: StatusReport) => void) {
    this.peer = peer;
    this.#account = new StatusAccount(peer);
    this.#tell = tell;
  }

  /** The first id of its stream that is to be read; undefined where the feed tells everything. */
  get wanted(): string | undefined {
    return this.source === 'feed' ? undefined : this.#account.next;
  }

  get feedings(): number {
    return this.#feedings;
  }

  notified(): void {
    this.#sets += 1;
  }

  /** The feed tells a SET. */
  fed(status: string, entry: StreamEntry | undefined, missed = 0): void {
    this.#feed(() => {
      const report = this.#account.replicated(status, entry, missed);
      if (report !== undefined) this.#tell(report);
    });
  }

  /** The feed tells a change whose outcome it does not know. */
  unclear(): void {
    this.#feed(() => undefined);
  }

  deleted(): void {
    this.#feed(() => this.#account.deleted(), 0);
  }

  streamDeleted(): void {
    this.#feed(() => this.#account.streamDeleted(), 0);
  }

  /** The mark of a read has come among the notifications: gives the SETs up to it that were not told. */
  watchMarked(): number {
    if (this.source === 'feed' && this.#aligned) return 0;
    const sets = this.#sets;
    this.#sets = 0;
    return sets;
  }

  /** The mark of a read has come in the feed. */
  feedMarked(): void {
    if (this.source === 'reads') this.source = 'joining';
    if (!this.#aligned) this.#fed = 0;
  }

  /** Tells what a read brought that is asked in place of the feed. Gives whether that is all there was. */
  read(reading: StatusReading, sets: number, via: StatusSource): boolean {
    for (const report of this.#account.read(reading, sets, via)) this.#tell(report);
    if (reading.more) {
      this.#sets += Math.max(0, sets - reading.entries.length);
      this.unread();
      return false;
    }
    if (this.source === 'joining') {
      this.source = 'feed';
      this.#aligned = true;
      for (const each of this.#held.splice(0)) each();
    }
    return true;
  }

  /** What a read found while the feed tells, at an instant behind which the feed has told nothing yet. */
  compare({ value }: StatusReading, via: StatusSource): void {
    this.align();
    if (value === undefined) this.#account.deleted();
    else if (value !== this.#account.told) {
      this.#account.told = value;
      this.#tell({ peer: this.peer, status: value, missed: 0, via });
    }
  }

  /** The mark of a read has come on both ways. */
  align(): void {
    this.#aligned = true;
  }

  /** Its keys were deleted while reads tell. */
  cleared(): void {
    if (this.source === 'reads') this.#account.streamDeleted();
  }

  /** A read that had begun is not told after all; `sets` is what its mark gave. */
  unread(sets = 0): void {
    this.#sets += sets;
    if (this.source === 'joining') this.source = 'reads';
    this.#held = [];
  }

  /** The feed tells no more: what it has not told is for reads. */
  unfed(): void {
    if (this.source === 'feed') this.#sets = this.#aligned ? Math.max(0, this.#sets - this.#fed) : 0;
    this.source = 'reads';
    this.#aligned = false;
    this.#held = [];
  }

  /** Notifications come no more: nobody knows how many there would have been. */
  unwatched(): void {
    this.#sets = 0;
    this.#aligned = false;
    if (this.source === 'joining') this.unread();
  }

  /** The feed tells everything from the beginning. */
  begin(): void {
    this.source = 'feed';
  }

  /** `sets`: how many the notifications tell of it. */
  #feed(act: () => void, sets = 1): void {
    if (this.source === 'reads') return;
    this.#fed += sets;
    this.#feedings += 1;
    if (this.source === 'joining') this.#held.push(act);
    else act();
  }
}
