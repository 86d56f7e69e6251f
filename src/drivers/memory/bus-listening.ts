import type { StatusPrecision } from '../../model/event.ts';
import type { Fault } from '../../model/fault.ts';
import type { PeerName, TestName } from '../../model/names.ts';
import { parseLogLine } from '../../model/wire.ts';
import type { BusListener, Listening, Receipt } from '../../ports/bus.ts';
import type { MemoryRedisChange, MemoryRedisServer } from './redis-memory.ts';
import { type MemoryPlace, MemoryStatusReader } from './status-reader.ts';

/** Lines that are told at once, at most. */
const BATCH = 1_000;

interface Options {
  readonly test: TestName;
  readonly peers: readonly PeerName[];
  readonly listener: BusListener;
  readonly precision: StatusPrecision;
  /** Where the replication stream was first read. */
  readonly places: ReadonlyMap<PeerName, MemoryPlace>;
  readonly server: () => MemoryRedisServer;
  readonly up: (signal?: AbortSignal) => Promise<void>;
  readonly ended: () => void;
}

/** Tells a listener what happens in a Redis in memory; everything is told from a later turn than the one that caused it. */
export class MemoryListening implements Listening {
  readonly precision: StatusPrecision;
  readonly #options: Options;
  readonly #peers: ReadonlySet<PeerName>;
  /** SETs of each peer since its status was last told; 0 where only the value is to be compared. */
  readonly #dirty = new Map<PeerName, number>();
  readonly #statuses = new Map<PeerName, MemoryStatusReader>();
  readonly #tasks: (() => void)[] = [];
  #running = false;
  #logs: Promise<void> = Promise.resolve();
  #pumping = false;
  #wanted = false;
  #failure: { readonly error: unknown } | undefined;
  /** `quiet` while the connection is lost, `over` at the end, `killed` when its process died. */
  #state: 'telling' | 'quiet' | 'over' | 'killed' = 'telling';

  constructor(options: Options) {
    this.#options = options;
    this.precision = options.precision;
    this.#peers = new Set(options.peers);
    for (const peer of options.peers) {
      this.#statuses.set(peer, new MemoryStatusReader(peer, options.precision, options.places.get(peer)));
    }
    this.#readAgain();
  }

  changed(change: MemoryRedisChange): void {
    if (change.kind === 'asked' && change.test === this.#options.test) this.#later(() => this.#tellRequests());
    if (change.kind === 'events' || change.kind === 'asked' || !this.#peers.has(change.peer)) return;
    if (change.kind === 'status') {
      this.#dirty.set(change.peer, (this.#dirty.get(change.peer) ?? 0) + (this.precision === 'polled' ? 0 : 1));
      this.#later(() => this.#tellStatuses());
    }
    if (change.kind === 'log') this.#pump();
  }

  taken(receipt: Receipt): void {
    this.#later(() => this.#options.listener.taken(receipt));
  }

  lost(because: string): void {
    if (this.#state !== 'telling') return;
    this.#later(() => this.#options.listener.lost(because));
    this.#later(() => {
      if (this.#state === 'telling') this.#state = 'quiet';
    });
  }

  gaveUp(fault: Fault): void {
    if (this.#over) return;
    this.#state = 'over';
    queueMicrotask(() => this.#options.listener.ended?.(fault));
  }

  restored(): void {
    this.#later(() => {
      if (this.#state === 'quiet') this.#state = 'telling';
      this.#readAgain();
    });
    this.#later(() => {
      void this.#logs.then(() => this.#later(() => this.#options.listener.restored()));
    });
  }

  /** As if by SIGKILL: nothing more is told, and what is being told is not confirmed. */
  killed(): void {
    this.#state = 'killed';
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#options.up(signal);
    signal.throwIfAborted();
    this.#pump();
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([this.#allTold(), stopped]);
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #allTold(): Promise<void> {
    await this.#logs;
    while (this.#running) await Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'killed') return;
    this.#state = 'over';
    await this.#logs;
    this.#options.ended();
  }

  get #over(): boolean {
    return this.#state === 'over' || this.#killed;
  }

  get #killed(): boolean {
    return this.#state === 'killed';
  }

  #readAgain(): void {
    for (const peer of this.#peers) this.#dirty.set(peer, this.#dirty.get(peer) ?? 0);
    this.#later(() => this.#tellStatuses());
    this.#later(() => this.#tellRequests());
    this.#pump();
  }

  #tellStatuses(): void {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    const server = this.#options.server();
    for (const [peer, sets] of dirty) {
      for (const report of this.#statuses.get(peer)?.read(server, sets) ?? []) this.#options.listener.status(report);
    }
  }

  #tellRequests(): void {
    const waiting = this.#options.server().requests.get(this.#options.test)?.splice(0) ?? [];
    for (const request of waiting) this.#options.listener.asked(request);
  }

  /** One pump at a time: lines leave the server only after the listener has them. */
  #pump(): void {
    this.#wanted = true;
    if (this.#pumping || this.#over || this.#failure !== undefined) return;
    this.#pumping = true;
    this.#logs = this.#tellLogs();
  }

  async #tellLogs(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#wanted && this.#state === 'telling') {
        this.#wanted = false;
        await this.#tellBatches();
      }
    } catch (error) {
      this.#failure = { error };
    }
    // In the same turn as the last look, so that no line falls between them.
    this.#pumping = false;
  }

  async #tellBatches(): Promise<void> {
    while (this.#state === 'telling') {
      const { logs } = this.#options.server();
      const batch: { peer: PeerName; lines: readonly string[]; list: string[] }[] = [];
      let left = BATCH;
      for (const peer of this.#peers) {
        const list = logs.get(peer) ?? [];
        const lines = list.slice(0, left);
        if (lines.length > 0) batch.push({ peer, lines, list });
        left -= lines.length;
      }
      if (batch.length === 0) return;
      await this.#options.listener.logs(
        batch.flatMap(({ peer, lines }) => lines.map((line) => ({ peer, ...parseLogLine(line) }))),
      );
      if (this.#killed) return;
      for (const { list, lines } of batch) list.splice(0, lines.length);
    }
  }

  /** Listeners are called from a turn of their own and one after the other, never from inside a peer's write. */
  #later(task: () => void): void {
    this.#tasks.push(task);
    if (this.#running) return;
    this.#running = true;
    void Promise.resolve().then(() => {
      try {
        for (let next = this.#tasks.shift(); next !== undefined; next = this.#tasks.shift()) {
          if (!this.#over) next();
        }
      } finally {
        this.#running = false;
      }
    });
  }
}
