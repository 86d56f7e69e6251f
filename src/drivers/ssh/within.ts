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
  // A signal of our own: many calls may share the caller's, and Node warns of so many listeners.
  const own = signal === undefined ? undefined : AbortSignal.any([signal]);
  let stop = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    const timer = limit === undefined ? undefined : setTimeout(() => reject(limit.late()), limit.ms);
    const abort = () => reject(own?.reason);
    own?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      own?.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    stop();
  }
}
