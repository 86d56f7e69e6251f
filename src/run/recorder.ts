import { formatBytes } from '../lib/format-bytes.ts';
import { isoTime } from '../lib/iso-time.ts';
import { Redactor } from '../lib/redactor.ts';
import type { EventBody, TmEvent } from '../model/event.ts';
import { type Fault, toFault } from '../model/fault.ts';
import type { TestName } from '../model/names.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunStore } from '../ports/store.ts';
import { KEPT_MEMBERS } from './evidence/kept-members.ts';
import { LIMITS } from './evidence/limits.ts';

/** Hears every event as it happens; must not throw and must not wait. */
export type EventListener = (event: TmEvent) => void;

/**
 * One of the run itself: it also hears the event as it was `heard`, with its secrets, to look for something in it and never to tell it. Both
 * are the same one where nothing was left out.
 */
export type InnerListener = (event: TmEvent, heard: TmEvent) => void;

export interface RecorderOptions {
  /** What it hides is in no event. */
  readonly redactor?: Redactor;
  /** Told once, at the first line that the journal does not take: from there on nothing can be trusted to be recorded. */
  readonly onUnwritable?: (fault: Fault) => void;
  /** Bytes of the journal from which on log lines are left out of it. */
  readonly journalLimit?: number;
}

/**
 * Stamps what happens and hands it on, without secrets: at once to the views, in order to the journal, and as a copy to the stream that
 * `tm watch` reads. Events that come before the journal or the stream is open are kept for it.
 */
export class Recorder {
  readonly #clock: Clock;
  readonly #test: TestName;
  readonly #listeners: readonly InnerListener[];
  readonly #startedAt: number;
  #seq = 0;
  readonly #untold: { readonly event: TmEvent; readonly heard: TmEvent }[] = [];
  #telling = false;
  #journal: RunStore | undefined;
  #bus: Bus | undefined;
  #unwritten: string[] = [];
  #unpublished: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #publishing: Promise<void> = Promise.resolve();
  #scheduled = false;
  readonly #options: Required<RecorderOptions>;
  #journalBytes = 0;
  #journalCut = 0;
  #isUnwritable = false;

  constructor(clock: Clock, test: TestName, listeners: readonly InnerListener[], options: RecorderOptions = {}) {
    this.#options = {
      redactor: new Redactor(),
      onUnwritable: () => undefined,
      journalLimit: LIMITS.journal,
      ...options,
    };
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
    const stamped: TmEvent = {
      seq: ++this.#seq,
      atMs: Math.round(this.elapsed() * 1000) / 1000,
      time: isoTime(this.#clock.wall()),
      ...body,
    };
    const { event, line } = this.#withoutSecrets(stamped);
    const isCut = this.#isCut(event, line);
    if (!isCut) this.#unwritten.push(line);
    this.#unpublished.push(line);
    this.#tell(event, stamped);
    this.#schedule();
    if (isCut) this.#cut(line);
    return event;
  }

  /** Bytes of the journal, and bytes of log lines that were left out of it. */
  kept(): { readonly bytes: number; readonly cut: number } {
    return { bytes: this.#journalBytes, cut: this.#journalCut };
  }

  /** The line is searched once; only where a secret stands in it is the event looked into. */
  #withoutSecrets(event: TmEvent): { readonly event: TmEvent; readonly line: string } {
    const { redactor } = this.#options;
    const line = JSON.stringify(event);
    if (!redactor.finds(line)) return { event, line };
    const redacted = redactor.value(event, KEPT_MEMBERS);
    return { event: redacted, line: JSON.stringify(redacted) };
  }

  #isCut(event: TmEvent, line: string): boolean {
    const bytes = Buffer.byteLength(line) + 1;
    if (event.type === 'log' && this.#journalBytes + bytes > this.#options.journalLimit) return true;
    this.#journalBytes += bytes;
    return false;
  }

  #cut(line: string): void {
    const isFirst = this.#journalCut === 0;
    this.#journalCut += Buffer.byteLength(line) + 1;
    if (!isFirst) return;
    const message = `the journal has grown to ${formatBytes(this.#journalBytes)}: log lines are left out of it from here on`;
    this.emit({ type: 'warning', message, hint: 'everything else is still written; let the peers log less' });
  }

  /** The clock's time of an event. */
  clockTime(atMs: number): number {
    return this.#startedAt + atMs;
  }

  /** A listener may emit: every listener hears the events in the same order all the same. */
  #tell(event: TmEvent, heard: TmEvent): void {
    this.#untold.push({ event, heard });
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift())
        for (const listener of this.#listeners) listener(next.event, next.heard);
    } finally {
      this.#telling = false;
    }
  }

  /** Opens the journal; what happened before is written to it first. */
  openJournal(journal: RunStore): void {
    this.#journal = journal;
    this.#journalBytes += journal.journalBytes;
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
      // Also reported by flush(), to whoever needs the lines to be safe.
      this.#writing.catch((error: unknown) => {
        if (this.#isUnwritable) return;
        this.#isUnwritable = true;
        this.#options.onUnwritable(toFault(error));
      });
    }
    const bus = this.#bus;
    const copies = bus === undefined ? [] : this.#unpublished.splice(0);
    if (bus !== undefined && copies.length > 0)
      this.#publishing = this.#publishing.then(() => bus.publish(this.#test, copies));
  }
}
