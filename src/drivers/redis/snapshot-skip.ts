/** The mark at the end of a snapshot of unknown length has so many bytes. */
const MARK_BYTES = 40;

/**
 * Steps over the snapshot in front of a replication stream. Its header line says how long it is (`$123`), or which mark ends it
 * (`$EOF:<40 bytes>`).
 */
export class SnapshotSkip {
  readonly #mark: Buffer | undefined;
  #left: number;
  /** What may be the beginning of the mark. */
  #tail: Buffer = Buffer.alloc(0);
  ended = false;

  /** Throws where the line is no such header. */
  constructor(header: string) {
    const [, mark, length] = /^\$(?:EOF:(.{40})|(\d+))$/.exec(header) ?? [];
    if (mark === undefined && length === undefined) throw new Error('the server sends no snapshot');
    this.#mark = mark === undefined ? undefined : Buffer.from(mark, 'latin1');
    this.#left = Number(length ?? 0);
    if (mark === undefined && this.#left === 0) this.ended = true;
  }

  /** Takes the next piece; gives what lies behind the snapshot. */
  push(chunk: Buffer): Buffer {
    if (this.ended) return chunk;
    if (this.#mark === undefined) {
      const step = Math.min(this.#left, chunk.length);
      this.#left -= step;
      this.ended = this.#left === 0;
      return chunk.subarray(step);
    }
    const text = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const at = text.indexOf(this.#mark);
    this.ended = at >= 0;
    // Copied, so that a few bytes do not hold a whole piece.
    this.#tail = Buffer.from(text.subarray(Math.max(0, text.length - MARK_BYTES + 1)));
    return this.ended ? text.subarray(at + MARK_BYTES) : chunk.subarray(chunk.length);
  }
}
