import type { TimelineEntry } from '../../model/timeline.ts';

/** An entry of the timeline whose time has come. Offsets in milliseconds from the start of the timeline. */
export interface DueEntry {
  readonly entry: TimelineEntry;
  readonly dueMs: number;
}

/** What a `when` entry waits for, as the timeline has it. */
export type WaitingEntry = TimelineEntry & { readonly waits: { readonly kind: 'when'; readonly withinMs: number } };

/**
 * The timeline as it unfolds: which entries are due, which wait for another to be sent or for something to happen. Every entry leaves
 * it once, as due or as dropped. Decides no time and sends nothing.
 */
export class Agenda {
  /** By time, then by index; the first `#taken` have left. */
  readonly #timed: readonly TimelineEntry[];
  #taken = 0;
  /** Entries that waited and are due now or later, by time and index. */
  readonly #called: DueEntry[] = [];
  /** What hangs on the sending of an entry, by that entry's index. */
  readonly #behind = new Map<number, TimelineEntry[]>();
  /** `when` entries that wait from the beginning. */
  readonly #first: readonly WaitingEntry[];
  #left: number;

  constructor(entries: readonly TimelineEntry[]) {
    this.#left = entries.length;
    this.#timed = entries
      .filter(({ waits }) => waits === undefined)
      .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
    const first: WaitingEntry[] = [];
    for (const entry of entries) {
      const { waits } = entry;
      if (waits === undefined) continue;
      const on = waits.kind === 'after' ? waits.command : waits.since;
      if (on !== undefined) this.#behind.set(on, [...(this.#behind.get(on) ?? []), entry]);
      else if (isWhen(entry)) first.push(entry);
    }
    this.#first = first;
  }

  /** Entries that have not left yet. */
  get left(): number {
    return this.#left;
  }

  /** The `when` entries whose wait begins with the timeline. */
  begin(): readonly WaitingEntry[] {
    return this.#first;
  }

  /** The offset at which the next entry is due, as far as it is known. */
  next(): number | undefined {
    const timed = this.#timed[this.#taken]?.atMs;
    const called = this.#called[0]?.dueMs;
    if (timed === undefined || called === undefined) return timed ?? called;
    return Math.min(timed, called);
  }

  /** Takes out what is due at `offsetMs`, in order of its time, then of its index. */
  takeDue(offsetMs: number): readonly DueEntry[] {
    const due: DueEntry[] = [];
    for (;;) {
      const timed = this.#timed[this.#taken];
      const called = this.#called[0];
      const timedFirst =
        called === undefined ||
        (timed !== undefined && (timed.atMs - called.dueMs || timed.index - called.entry.index) < 0);
      const next = timedFirst ? timed && { entry: timed, dueMs: timed.atMs } : called;
      if (next === undefined || next.dueMs > offsetMs) break;
      if (timedFirst) this.#taken += 1;
      else this.#called.shift();
      due.push(next);
    }
    this.#left -= due.length;
    return due;
  }

  /** The entry was sent: what comes `after` it is called for its time. Gives the `when` entries whose wait begins now. */
  sent(index: number, offsetMs: number): readonly WaitingEntry[] {
    const begins: WaitingEntry[] = [];
    for (const entry of this.#behind.get(index) ?? []) {
      if (isWhen(entry)) begins.push(entry);
      else if (entry.waits?.kind === 'after') this.call(entry, offsetMs + entry.waits.delayMs);
    }
    this.#behind.delete(index);
    return begins;
  }

  /** An entry that waited is due at that offset. */
  call(entry: TimelineEntry, dueMs: number): void {
    const at = this.#called.findIndex((one) => (one.dueMs - dueMs || one.entry.index - entry.index) > 0);
    this.#called.splice(at < 0 ? this.#called.length : at, 0, { entry, dueMs });
  }

  /** A `when` entry whose wait was in vain leaves. */
  giveUp(_entry: WaitingEntry): void {
    this.#left -= 1;
  }

  /** The entry will never be sent. Everything that hangs on it leaves too, and is given, nearest first. */
  drop(index: number): readonly TimelineEntry[] {
    const dropped: TimelineEntry[] = [];
    const indices = [index];
    for (let at = indices.shift(); at !== undefined; at = indices.shift()) {
      for (const entry of this.#behind.get(at) ?? []) {
        dropped.push(entry);
        indices.push(entry.index);
      }
      this.#behind.delete(at);
    }
    this.#left -= dropped.length;
    return dropped;
  }

  /** Takes out all that has not left, by index; `waiting` are those whose wait has begun. */
  takeRest(waiting: readonly WaitingEntry[]): readonly TimelineEntry[] {
    const rest = [
      ...this.#timed.slice(this.#taken),
      ...this.#called.map(({ entry }) => entry),
      ...[...this.#behind.values()].flat(),
      ...waiting,
    ].sort((a, b) => a.index - b.index);
    this.#taken = this.#timed.length;
    this.#called.length = 0;
    this.#behind.clear();
    this.#left = 0;
    return rest;
  }
}

const isWhen = (entry: TimelineEntry): entry is WaitingEntry => entry.waits?.kind === 'when';
