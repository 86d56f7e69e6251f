/** A time limit that stands still while a person is asked something. */
export class Patience {
  readonly #onEnd: () => void;
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onEnd: () => void) {
    this.#leftMs = ms;
    this.#onEnd = onEnd;
    this.#run();
  }

  /** Waits for an answer outside of the limit. */
  async during<T>(answer: Promise<T>): Promise<T> {
    this.stop();
    this.#leftMs -= performance.now() - this.#since;
    try {
      return await answer;
    } finally {
      this.#run();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onEnd, Math.max(0, this.#leftMs));
  }
}
