import { setTimeout as pause } from 'node:timers/promises';
import { formatStatusEntry, logKey, STATUS_STREAM_LENGTH, statusKey, statusStreamKey } from '../model/wire.ts';
import { backoff } from './backoff.ts';
import { PeerError } from './peer-error.ts';
import { type QueueLimits, type Report, ReportQueue } from './report-queue.ts';
import type { Sender } from './sender.ts';
import { isTransient } from './transient.ts';

/** The connection for what a peer reports. */
export interface Reporter extends Sender {
  /**
   * MULTI … EXEC: gives the error of each command, or undefined where it was executed. Rejects where none was, and like `call` where no
   * answer comes.
   */
  transaction(commands: readonly (readonly [string, ...string[]])[]): Promise<readonly (Error | undefined)[]>;
}

export interface OutboxOptions {
  readonly limits: QueueLimits;
  /** Told apart from every other process's reports by this. */
  readonly identity: string;
  /** The least time between two statuses, in milliseconds: with a status stream, and where Redis does not let us write one. */
  readonly statusGapMs: { readonly streamed: number; readonly setOnly: number };
  /** Told of what Redis refuses. */
  notice(text: string): void;
}

/**
 * Sends what a peer reports, one thing at a time and in order: what was logged before a status is in Redis before it. Each is sent until
 * Redis has it, so a reconnect loses and overtakes nothing; a batch of lines whose answer was lost on the way comes twice.
 *
 * A status is SET and, in the same transaction, appended to a stream, where a reader finds it even when the next one follows at once.
 */
export class Outbox {
  readonly #sender: Reporter;
  readonly #statusKey: string;
  readonly #streamKey: string;
  readonly #logKey: string;
  readonly #options: OutboxOptions;
  readonly #queue: ReportQueue;
  #running = false;
  #closed = false;
  #standing: string | undefined;
  #putBack = false;
  #statusDue = 0;
  /** False once Redis has refused to append to the stream: it is too old, or does not let us. */
  #streaming = true;

  constructor(sender: Reporter, peer: string, options: OutboxOptions) {
    this.#sender = sender;
    this.#statusKey = statusKey(peer);
    this.#streamKey = statusStreamKey(peer);
    this.#logKey = logKey(peer);
    this.#options = options;
    this.#queue = new ReportQueue(options.limits);
  }

  /** Takes a `level|message` line; after `close` it is ignored. */
  line(text: string): void {
    if (this.#closed) return;
    this.#queue.line(text);
    this.#start();
  }

  /** Resolves when Redis has the status. Rejects where Redis refuses it, and with `PeerError` `closed`. */
  async status(text: string): Promise<void> {
    await this.#queued((settle) => this.#queue.status(text, Date.now(), settle));
  }

  /** Resolves when everything taken so far has been sent; rejects with `PeerError` `closed`. */
  async flushed(): Promise<void> {
    await this.#queued((settle) => this.#queue.mark(settle));
  }

  /** To be called after a reconnect: the server may be a new one, which does not have the status that the old one had. */
  restored(): void {
    this.#putBack = true;
    this.#start();
  }

  /** Gives up what has not been sent; returns how many log lines and statuses that were. */
  close(): number {
    if (this.#closed) return 0;
    this.#closed = true;
    let left = 0;
    for (let report = this.#queue.next(); report !== undefined; report = this.#queue.next()) {
      if (report.kind === 'lines') left += report.texts.length;
      else if (report.kind === 'gap') left += report.count;
      else {
        if (report.kind === 'status') left++;
        report.reject(new PeerError('closed', 'the client was closed before everything was sent'));
      }
      this.#queue.sent();
    }
    return left;
  }

  #queued(add: (settle: { resolve(): void; reject(error: unknown): void }) => void): Promise<void> {
    if (this.#closed) return Promise.reject(new PeerError('closed', 'the client is closed'));
    return new Promise((resolve, reject) => {
      add({ resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    // Not at once, so that what is reported in one turn goes in one batch.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#putBack) await this.#putStatusBack();
      const report = this.#closed ? undefined : this.#queue.next();
      if (report === undefined) break;
      const outcome = await this.#deliver(report).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      // Closing has settled it, and has emptied the queue.
      if (this.#closed) break;
      this.#queue.sent();
      this.#settle(report, outcome);
    }
    this.#running = false;
  }

  #settle(report: Report, failure: { readonly error: unknown } | undefined): void {
    const settled = report.kind === 'status' || report.kind === 'mark';
    if (failure === undefined) {
      if (settled) report.resolve();
    } else if (settled) {
      report.reject(failure.error);
    } else {
      this.#options.notice(`log lines were refused by Redis: ${String(failure.error)}`);
    }
  }

  async #deliver(report: Report): Promise<void> {
    switch (report.kind) {
      case 'lines':
        // The first word ends up rightmost, so the oldest line does.
        return this.#send('LPUSH', this.#logKey, ...report.texts);
      case 'gap':
        return this.#send(
          'LPUSH',
          this.#logKey,
          `warn|${report.count} log lines are missing here: the peer's log buffer was full`,
        );
      case 'status':
        while (performance.now() < this.#statusDue) await pause(Math.ceil(this.#statusDue - performance.now()));
        await this.#sendStatus(report);
        this.#standing = report.text;
        this.#statusDue = performance.now() + this.#options.statusGapMs[this.#streaming ? 'streamed' : 'setOnly'];
        return;
      case 'mark':
        return;
    }
  }

  /** Appends the status to the stream and SETs it; where the first is refused it is SET alone, then and from there on. */
  async #sendStatus({ text, at, number }: Extract<Report, { kind: 'status' }>): Promise<void> {
    if (!this.#streaming) return this.#send('SET', this.#statusKey, text);
    const entry = formatStatusEntry({ status: text, at, report: `${this.#options.identity}:${number}` });
    const [refusal, failure] = await this.#persist('a status', () =>
      this.#sender.transaction([
        ['XADD', this.#streamKey, 'MAXLEN', '~', String(STATUS_STREAM_LENGTH), '*', ...entry],
        ['SET', this.#statusKey, text],
      ]),
    ).catch((error: unknown) => [error, error]);
    if (failure instanceof PeerError) throw failure;
    if (failure !== undefined) await this.#send('SET', this.#statusKey, text);
    if (refusal === undefined) return;
    this.#streaming = false;
    this.#options.notice(`statuses that follow each other at once may hide each other: ${String(refusal)}`);
  }

  async #putStatusBack(): Promise<void> {
    this.#putBack = false;
    if (this.#standing === undefined) return;
    // NX: where the status is still there, nobody is notified of it again.
    await this.#send('SET', this.#statusKey, this.#standing, 'NX').catch(() => {});
  }

  async #send(command: string, ...words: readonly string[]): Promise<void> {
    await this.#persist(command, () => this.#sender.call(command, ...words));
  }

  /** Does it until Redis has answered: a repetition must do no harm. */
  async #persist<T>(what: string, operation: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      await this.#sender.ready();
      try {
        return await operation();
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (failures === 0 && error instanceof Error && error.name === 'ReplyError') {
          this.#options.notice(`Redis cannot take ${what} now and is asked again: ${error.message}`);
        }
        await pause(backoff(failures));
      }
    }
  }
}
