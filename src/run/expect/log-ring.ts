/** A log line that is still held. `at` in microseconds of the run. */
export interface KeptLine {
  readonly message: string;
  readonly at: number;
}

/** The last log lines of a peer, and how many there were. Adding one makes no object. */
export class LogRing {
  readonly #size: number;
  readonly #messages: string[] = [];
  readonly #times: number[] = [];
  #count = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #beforeLast = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Lines so far, held or not; also the index of the next one. */
  get count(): number {
    return this.#count;
  }

  /** Index of the oldest line that is held. */
  get oldest(): number {
    return Math.max(0, this.#count - this.#size);
  }

  /** Times never go back. */
  push(message: string, at: number): void {
    if (at !== this.#lastAt) {
      this.#lastAt = at;
      this.#beforeLast = this.#count;
    }
    const slot = this.#count % this.#size;
    this.#messages[slot] = message;
    this.#times[slot] = at;
    this.#count += 1;
  }

  /** The line with that index, which must be held. */
  line(index: number): KeptLine {
    const slot = index % this.#size;
    return { message: this.#messages[slot] ?? '', at: this.#times[slot] ?? 0 };
  }

  /** How many lines came before a time that is not earlier than that of the last line. */
  countBefore(at: number): number {
    return this.#lastAt >= at ? this.#beforeLast : this.#count;
  }

  /** How many lines came up to a time, that one included; those that are held no longer count as come. */
  countUpTo(at: number): number {
    let low = this.oldest;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle % this.#size] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
