import { setTimeout as sleep } from 'node:timers/promises';
import { TmError } from '../../model/fault.ts';
import type { PeerName } from '../../model/names.ts';
import { logKey } from '../../model/wire.ts';
import type { LogLine } from '../../ports/bus.ts';
import { confirmLogBatch, takeLogBatch } from './log-batch.ts';
import { RedisLinkLost } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';

/** Switches the notifications of the log lists on and off; each then calls `woken`. */
export interface LogAlarm {
  on(): Promise<void>;
  off(): Promise<void>;
}

interface Options {
  /** Makes the batches' ids unlike any other bus's. */
  readonly bus: string;
  readonly peers: readonly PeerName[];
  readonly tell: (lines: readonly LogLine[]) => Promise<void>;
  /** Milliseconds between two looks while lines come. */
  readonly napMs: number;
  /** Milliseconds without a line after which the alarm is switched on and no more is looked; without alarm, between two looks. */
  readonly quietMs: number;
  /** Milliseconds after which even a quiet drain looks, should a notification have been lost. */
  readonly idleMs: number;
}

interface Drain {
  /** Lines of each peer that were in Redis at the call and are not told yet; undefined until they were counted. */
  left: Map<PeerName, number> | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings the peers' log lines here, exactly once and in order. While lines come, one script sweeps all lists every few milliseconds;
 * after a quiet while the server's notifications are the alarm. A batch is confirmed only by the sweep after it was told.
 *
 * One loop does it all, across all connections, so that no two batches are ever under way.
 */
export class LogDrain {
  readonly #options: Options;
  #link: RedisLink | undefined;
  #alarm: LogAlarm | undefined;
  #confirmed = '';
  #batches = 0;
  #first = 0;
  #lastLine = 0;
  #looks = false;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #drains: Drain[] = [];
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Goes on with a new connection, and resolves when all that was there has been told. */
  async connected(link: RedisLink, alarm: LogAlarm | undefined): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#link = link;
    this.#alarm = alarm;
    this.#loop ??= this.#run();
    await link.race(this.drain());
  }

  lost(): void {
    this.#link = undefined;
  }

  /** There will be no other connection: whoever waits hears of it. */
  ended(fault: TmError): void {
    this.#link = undefined;
    this.#reject(fault);
  }

  /** A list has got a line, or somebody wants to know at once. */
  woken(): void {
    this.#looks = true;
    this.#wake?.();
  }

  /** Resolves when every line that was in Redis at the call has been told. Rejects with the listener's error, if it had one. */
  drain(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#drains.push({ left: undefined, resolve, reject });
      this.woken();
    });
  }

  /** Ends the loop after the batch under way, which is confirmed if Redis still answers. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.woken();
    await this.#loop;
    this.#reject(new TmError({ kind: 'failed', message: 'nobody listens to the peers any more' }));
    const link = this.#link;
    if (link !== undefined && this.#confirmed !== '')
      await confirmLogBatch(link, this.#confirmed).catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const link = this.#link;
      if (link === undefined) {
        this.#looks = false;
        await this.#woken(this.#options.idleMs);
        continue;
      }
      try {
        await this.#turn(link);
      } catch (error) {
        if (error instanceof RedisLinkLost) {
          if (this.#link === link) this.#link = undefined;
          continue;
        }
        this.#reject(error);
        if (this.#failure !== undefined) return;
        // Redis refused: it may be out of memory for a while.
        await this.#woken(1_000);
      }
    }
  }

  async #turn(link: RedisLink): Promise<void> {
    const { napMs, quietMs } = this.#options;
    this.#looks = false;
    await this.#count(link);
    const batch = await this.#sweep(link);
    if (batch.emptied) this.#settle();
    if (this.#stop.signal.aborted) return;
    if (batch.lines.length > 0) this.#lastLine = performance.now();
    if (!batch.emptied) {
      // Whatever else is due goes first.
      await new Promise(setImmediate);
    } else if (this.#alarm === undefined || performance.now() - this.#lastLine < quietMs) {
      await this.#woken(this.#alarm === undefined && batch.lines.length === 0 ? quietMs : napMs);
    } else {
      await this.#rest(link, this.#alarm);
    }
  }

  /** Sleeps until the alarm goes off. */
  async #rest(link: RedisLink, alarm: LogAlarm): Promise<void> {
    await alarm.on();
    while (!this.#stop.signal.aborted) {
      // A line may have come before the alarm stood, or without it.
      const { lines } = await this.#sweep(link);
      if (lines.length > 0 || this.#looks) break;
      await link.race(this.#woken(this.#options.idleMs));
    }
    this.#lastLine = performance.now();
    // Not waited for: the line that woke us comes first.
    alarm.off().catch(() => undefined);
  }

  async #sweep(link: RedisLink): Promise<{ readonly lines: readonly LogLine[]; readonly emptied: boolean }> {
    const { bus, peers, tell } = this.#options;
    // Another list is the first to be served each time.
    this.#first = (this.#first + 1) % Math.max(1, peers.length);
    const order = [...peers.slice(this.#first), ...peers.slice(0, this.#first)];
    this.#batches += 1;
    const id = `${bus}:${this.#batches}`;
    const batch = await takeLogBatch(link, order, { confirmed: this.#confirmed, id });
    if (batch.lines.length > 0) {
      await tell(batch.lines).catch((error: unknown) => {
        this.#failure = { error };
        throw error;
      });
      this.#confirmed = batch.id;
    }
    // A batch that is handed out again was no longer in the lists, and says nothing of them as they are now.
    if (batch.id === id) this.#subtract(batch.lines);
    return { lines: batch.lines, emptied: batch.emptied && batch.id === id };
  }

  /** What drains that are new have to wait for. All that was taken before has been told by now. */
  async #count(link: RedisLink): Promise<void> {
    const fresh = this.#drains.filter(({ left }) => left === undefined);
    if (fresh.length === 0) return;
    const { peers } = this.#options;
    const lengths = await link.pipeline(peers.map((peer) => ['llen', logKey(peer)]));
    for (const drain of fresh) {
      drain.left = new Map(peers.map((peer, index) => [peer, typeof lengths[index] === 'number' ? lengths[index] : 0]));
    }
  }

  #subtract(lines: readonly LogLine[]): void {
    for (const drain of [...this.#drains]) {
      if (drain.left === undefined) continue;
      for (const { peer } of lines) drain.left.set(peer, (drain.left.get(peer) ?? 0) - 1);
      if ([...drain.left.values()].every((count) => count <= 0)) this.#finish(drain);
    }
  }

  /** A sweep that began after they were counted found the lists empty: also what somebody else removed is not waited for. */
  #settle(): void {
    for (const drain of [...this.#drains]) if (drain.left !== undefined) this.#finish(drain);
  }

  #finish(drain: Drain): void {
    this.#drains.splice(this.#drains.indexOf(drain), 1);
    drain.resolve();
  }

  #reject(error: unknown): void {
    const drains = this.#drains;
    this.#drains = [];
    for (const { reject } of drains) reject(error);
  }

  /** Waits for `woken`, or for so many milliseconds. */
  async #woken(ms: number): Promise<void> {
    if (this.#looks) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(ms, undefined, { signal: woken.signal }).catch(() => undefined);
    this.#wake = undefined;
  }
}
