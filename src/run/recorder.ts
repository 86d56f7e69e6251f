import { isoTime } from '../lib/iso-time.ts';
import type { EventBody, TmEvent } from '../model/event.ts';
import type { TestName } from '../model/names.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunStore } from '../ports/store.ts';

/** Hears every event as it happens; must not throw and must not wait. */
export type EventListener = (event: TmEvent) => void;

/**
 * Stamps what happens and hands it on: at once to the views, in order to the journal, and as a copy to the stream that
 * `tm watch` reads. Events that come before the journal or the stream is open are kept for it.
 */
export class Recorder {
  readonly #clock: Clock;
  readonly #test: TestName;
  readonly #listeners: readonly EventListener[];
  readonly #startedAt: number;
  #seq = 0;
  #journal: RunStore | undefined;
  #bus: Bus | undefined;
  #unwritten: string[] = [];
  #unpublished: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #publishing: Promise<void> = Promise.resolve();
  #scheduled = false;

  constructor(clock: Clock, test: TestName, listeners: readonly EventListener[]) {
    this.#clock = clock;
    this.#test = test;
    this.#listeners = listeners;
    this.#startedAt = clock.now();
  }

  /** Milliseconds since the run began. */
  elapsed(): number {
    return this.#clock.now() - this.#startedAt;
  }

  emit(body: EventBody): TmEvent {
    const event: TmEvent = {
      seq: ++this.#seq,
      atMs: Math.round(this.elapsed() * 1000) / 1000,
      time: isoTime(this.#clock.wall()),
      ...body,
    };
    const line = JSON.stringify(event);
    this.#unwritten.push(line);
    this.#unpublished.push(line);
    for (const listener of this.#listeners) listener(event);
    this.#schedule();
    return event;
  }

  /** Opens the journal; what happened before is written to it first. */
  openJournal(journal: RunStore): void {
    this.#journal = journal;
    this.#schedule();
  }

  /** Opens the stream for `tm watch`, or closes it with `undefined` before its Redis goes. */
  openStream(bus: Bus | undefined): void {
    this.#bus = bus;
    this.#schedule();
  }

  /** Resolves when everything emitted so far is in the journal; rejects when it cannot be written. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  /** Resolves when everything emitted so far has been handed to the stream. */
  async flushStream(): Promise<void> {
    this.#write();
    await this.#publishing;
  }

  /** Many events of one turn make one write. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#write();
    });
  }

  #write(): void {
    const journal = this.#journal;
    const lines = journal === undefined ? [] : this.#unwritten.splice(0);
    if (journal !== undefined && lines.length > 0) {
      this.#writing = this.#writing.then(() => journal.journal(lines));
      // A journal that cannot be written is reported by flush(), to whoever needs the lines to be safe.
      this.#writing.catch(() => undefined);
    }
    const bus = this.#bus;
    const copies = bus === undefined ? [] : this.#unpublished.splice(0);
    if (bus !== undefined && copies.length > 0)
      this.#publishing = this.#publishing.then(() => bus.publish(this.#test, copies));
  }
}
