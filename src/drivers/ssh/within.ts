/** How long to wait, in milliseconds, and what to throw then. */
export interface Limit {
  readonly ms: number;
  readonly late: () => Error;
}

/** `work`, or the signal's reason, or the limit's error, whichever comes first. The work itself goes on. */
export async function within<T>(work: Promise<T>, limit: Limit | undefined, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  // When it fails later on, nobody else may be listening.
  work.catch(() => {});
  let stop = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    const timer = limit === undefined ? undefined : setTimeout(() => reject(limit.late()), limit.ms);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    stop();
  }
}
