import type { StatusSource } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { StatusReport } from '../../ports/bus.ts';
import type { StreamEntry } from './replica-changes.ts';
import { idBehind, type StatusReading } from './status-read.ts';

/** The beginning of any stream. */
const BEGINNING = '0-1';

/**
 * What has been told of one peer's statuses, and what follows from the next reading. A stream's entries are exact. Where there were more
 * SETs than entries, the peer has also SET without its stream: such a status is told by its value, and those before it are only counted.
 */
export class StatusAccount {
  readonly peer: PeerName;
  /** The status that was told last, while it stands. */
  told: string | undefined;
  /** The first id of its stream that was not told. */
  next = BEGINNING;
  #report: string | undefined;

  constructor(peer: PeerName) {
    this.peer = peer;
  }

  /**
   * What a reading tells that was not told yet. `sets`: notifications of SETs up to it that nothing was told for; `via` is for a value
   * that stands in no stream.
   */
  read({ value, entries, next, more }: StatusReading, sets: number, via: StatusSource): readonly StatusReport[] {
    const fresh = entries.filter((entry) => this.#isNew(entry)).map((entry) => this.#streamed(entry));
    this.next = next ?? this.next;
    const streamed = entries.at(-1)?.status;
    if (streamed !== undefined) this.told = streamed;
    // The value may be of an entry that is still to be read.
    if (more) return fresh;
    const unexplained = Math.max(0, sets - entries.length);
    if (value === undefined) {
      this.told = undefined;
      return fresh;
    }
    const last = fresh.at(-1);
    if (unexplained > 0 && last !== undefined && value === streamed) {
      // Among the entries, nobody knows where.
      return [...fresh.slice(0, -1), { ...last, missed: unexplained }];
    }
    if (unexplained === 0 && value === this.told) return fresh;
    this.told = value;
    return [...fresh, { peer: this.peer, status: value, missed: Math.max(0, unexplained - 1), via }];
  }

  /** A status from the replication stream; undefined where it is one that was told before, and was sent again. */
  replicated(status: string, entry: StreamEntry | undefined, missed: number): StatusReport | undefined {
    if (entry !== undefined && !this.#isNew(entry)) return undefined;
    this.told = status;
    return { peer: this.peer, status, missed, via: 'replication', ...reportedAt(entry) };
  }

  /** The key is gone: the same status again is news. */
  deleted(): void {
    this.told = undefined;
  }

  /** The stream is gone: another one may begin with lower ids. */
  streamDeleted(): void {
    this.next = BEGINNING;
    this.#report = undefined;
  }

  #isNew({ id, report }: StreamEntry): boolean {
    this.next = idBehind(id);
    const repeated = report !== undefined && report === this.#report;
    this.#report = report;
    return !repeated;
  }

  #streamed(entry: StreamEntry): StatusReport {
    return { peer: this.peer, status: entry.status, missed: 0, via: 'stream', ...reportedAt(entry) };
  }
}

function reportedAt(entry: StreamEntry | undefined): { readonly reportedAt?: string } {
  const time = new Date(entry?.at ?? Number.NaN);
  // What a peer sends may be no time at all, or one that no calendar knows.
  return Number.isNaN(time.getTime()) ? {} : { reportedAt: time.toISOString() };
}
