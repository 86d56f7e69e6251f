/** Keeps one thread from writing to a terminal that another one has given back. */
export interface Latch {
  /** Does the work, unless the latch was closed before it began. */
  unlessClosed(work: () => void): void;
  /** From now on no work is begun; waits for the one that is under way, but not for long: it may hang. */
  close(patienceMs: number): void;
}

const CLOSED = 0;
const WORKING = 1;

/** Memory for a latch that two threads share. */
export const latchMemory = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

/** The latch in that memory. */
export function createLatch(memory: SharedArrayBuffer): Latch {
  const cells = new Int32Array(memory);
  return {
    unlessClosed(work) {
      // First said, then looked: whoever closes it either sees the work or is seen by it.
      Atomics.store(cells, WORKING, 1);
      try {
        if (Atomics.load(cells, CLOSED) === 0) work();
      } finally {
        Atomics.store(cells, WORKING, 0);
        Atomics.notify(cells, WORKING);
      }
    },
    close(patienceMs) {
      Atomics.store(cells, CLOSED, 1);
      if (Atomics.load(cells, WORKING) === 1) Atomics.wait(cells, WORKING, 1, patienceMs);
    },
  };
}
