/** What a peer has to say, as it is sent: `lines` in one LPUSH, a `status` in one transaction, a `mark` not at all. */
export type Report =
  | { readonly kind: 'lines'; readonly texts: string[]; characters: number }
  /** Lines that are missing here because the queue was full. */
  | { readonly kind: 'gap'; count: number }
  /** `at`: when it was reported, in milliseconds since 1970; `number`: its own among this queue's statuses. */
  | ({ readonly kind: 'status'; readonly text: string; readonly at: number; readonly number: number } & Settle)
  /** Resolves when all before it has been sent. */
  | ({ readonly kind: 'mark' } & Settle);

export interface Settle {
  resolve(): void;
  reject(error: unknown): void;
}

export interface QueueLimits {
  readonly lines: number;
  /** Of all the waiting lines together. */
  readonly characters: number;
}

/** The most characters that wait, however many lines they are. */
export const LOG_BUFFER_CHARACTERS = 32 << 20;
/** Lines of one LPUSH. */
export const BATCH_LINES = 1_000;
const BATCH_CHARACTERS = 1 << 18;

/**
 * Reports in the order they were made, log lines already in batches. It holds a bounded number of lines: those beyond are counted, and
 * the count stands where they are missing. Statuses are never dropped.
 */
export class ReportQueue {
  readonly #limits: QueueLimits;
  readonly #reports: Report[] = [];
  #lines = 0;
  #characters = 0;
  #sending = false;
  #statuses = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  line(text: string): void {
    const last = this.#reports.at(-1);
    // The first report may be under way and is left as it is.
    const open = this.#sending && this.#reports.length === 1 ? undefined : last;
    if (this.#lines >= this.#limits.lines || this.#characters + text.length > this.#limits.characters) {
      if (open?.kind === 'gap') open.count++;
      else this.#reports.push({ kind: 'gap', count: 1 });
      return;
    }
    this.#lines++;
    this.#characters += text.length;
    if (open?.kind === 'lines' && open.texts.length < BATCH_LINES && open.characters < BATCH_CHARACTERS) {
      open.texts.push(text);
      open.characters += text.length;
    } else {
      this.#reports.push({ kind: 'lines', texts: [text], characters: text.length });
    }
  }

  status(text: string, at: number, settle: Settle): void {
    this.#statuses++;
    this.#reports.push({ kind: 'status', text, at, number: this.#statuses, ...settle });
  }

  mark(settle: Settle): void {
    this.#reports.push({ kind: 'mark', ...settle });
  }

  /** The oldest report, which stays (and does not change) until `sent`; undefined when there is none. */
  next(): Report | undefined {
    this.#sending = this.#reports.length > 0;
    return this.#reports[0];
  }

  /** Forgets what `next` gave. */
  sent(): void {
    const report = this.#reports.shift();
    this.#sending = false;
    if (report?.kind !== 'lines') return;
    this.#lines -= report.texts.length;
    this.#characters -= report.characters;
  }
}
