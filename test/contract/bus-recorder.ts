import type { Fault } from '../../src/model/fault.ts';
import type { BusListener, HandRequest, LogLine, Receipt, StatusReport } from '../../src/ports/bus.ts';

/** A listener that keeps everything it is told, and lets a test wait for it instead of sleeping. */
export class Recorder implements BusListener {
  readonly statuses: StatusReport[] = [];
  readonly lines: LogLine[] = [];
  readonly receipts: Receipt[] = [];
  readonly requests: HandRequest[] = [];
  /** `lost`, `restored` and `ended`, in their order. */
  readonly connection: string[] = [];
  fault: Fault | undefined;
  /** Awaited before lines count as safe. */
  beforeSafe: (lines: readonly LogLine[]) => Promise<void> = async () => undefined;
  readonly #waiting = new Set<() => void>();
  #telling = false;

  status(report: StatusReport): void {
    this.statuses.push(report);
    this.#check();
  }

  async logs(lines: readonly LogLine[]): Promise<void> {
    if (this.#telling) throw new Error('told of lines while still busy with others');
    this.#telling = true;
    try {
      await this.beforeSafe(lines);
      this.lines.push(...lines);
    } finally {
      this.#telling = false;
    }
    this.#check();
  }

  taken(receipt: Receipt): void {
    this.receipts.push(receipt);
    this.#check();
  }

  asked(request: HandRequest): void {
    this.requests.push(request);
    this.#check();
  }

  lost(): void {
    this.connection.push('lost');
    this.#check();
  }

  restored(): void {
    this.connection.push('restored');
    this.#check();
  }

  ended(fault: Fault): void {
    this.fault = fault;
    this.connection.push('ended');
    this.#check();
  }

  /** Messages of one peer, in the order told. */
  messages(peer: string): string[] {
    return this.lines.filter((line) => line.peer === peer).map(({ message }) => message);
  }

  /** Resolves when `holds` is true of what was told; rejects after `ms` with what was told instead. */
  async until(holds: (recorder: this) => boolean, ms = 10_000): Promise<void> {
    if (holds(this)) return;
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!holds(this)) return;
        clearTimeout(late);
        this.#waiting.delete(check);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.delete(check);
        const { statuses, receipts, connection } = this;
        const told = {
          statuses: statuses.slice(-5),
          receipts: receipts.slice(-5),
          connection,
          lines: this.lines.length,
        };
        reject(new Error(`waited ${ms} ms in vain for ${holds}; told: ${JSON.stringify(told)}`));
      }, ms);
      this.#waiting.add(check);
    });
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }
}
