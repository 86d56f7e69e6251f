interface Entry<T> {
  readonly at: number;
  readonly rank: number;
  readonly seq: number;
  readonly item: T;
}

/** What is due, by time, then by rank, then as it was added: a binary heap. */
export class Moments<T> {
  readonly #heap: Entry<T>[] = [];
  #added = 0;

  add(at: number, rank: number, item: T): void {
    const heap = this.#heap;
    const entry: Entry<T> = { at, rank, seq: this.#added++, item };
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above]!;
      if (!isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** Time of the first, Infinity without any. */
  next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  first(): T | undefined {
    return this.#heap[0]?.item;
  }

  take(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.item;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      const child = heap[below]!;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
    return first.item;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.rank !== b.rank ? a.rank < b.rank : a.seq < b.seq;
}
