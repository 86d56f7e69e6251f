import type { ContainerExit } from '../../ports/containers.ts';

/** The exits of one engine for one listener: kept until they are read, ended by the listener's signal or by a loss. */
export class ExitFeed implements AsyncIterable<ContainerExit> {
  readonly #waiting: ContainerExit[] = [];
  readonly #signal: AbortSignal;
  #loss: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  push(exit: ContainerExit): void {
    this.#waiting.push(exit);
    this.#wake?.();
  }

  /** The iteration throws this once what was pushed before has been read. */
  lose(error: Error): void {
    this.#loss ??= error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ContainerExit> {
    while (!this.#signal.aborted) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next;
      } else if (this.#loss !== undefined) {
        throw this.#loss;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
