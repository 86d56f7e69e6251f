import { TmError } from '../../model/fault.ts';

/** The chunks of a stream; throws `unreachable` when none comes for `ms` milliseconds, and ends the stream. */
export async function* idleLimit<T>(stream: AsyncIterable<T>, ms: number, what: string): AsyncGenerator<T> {
  const chunks = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_resolve, reject) => {
        const message = `${what}: nothing was heard for ${ms / 1000} s`;
        timer = setTimeout(() => reject(new TmError({ kind: 'unreachable', what: 'docker', message })), ms);
      });
      const next = await Promise.race([chunks.next(), silence]).finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a stream that hangs would not answer this either.
    void chunks.return?.();
  }
}
