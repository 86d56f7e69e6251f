import { setMaxListeners } from 'node:events';

/** Calls `then` once when the signal fires; the function it gives takes that back. The signal must not have fired yet. */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  // A run's one signal ends hundreds of waits at once: that is no leak, and Node shall not warn of one.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}

/** The promise's outcome, or the signal's reason as soon as it fires. The work itself goes on; its outcome is then ignored. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const remove = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(remove);
  });
}
