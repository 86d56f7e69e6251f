/**
 * Makes costly readings shared: calls of one turn, or made while an earlier reading goes on, get one reading together, which
 * begins after all of them. So what a caller gets was never read before it asked.
 */
export function shareNext<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;

  const begin = async (): Promise<T> => {
    await last.catch(() => {});
    next = undefined;
    return read();
  };

  return () => {
    if (next === undefined) {
      next = begin();
      last = next;
    }
    return next;
  };
}
