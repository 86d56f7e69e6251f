/** Bytes in which the beginning is found though it lies across pieces. */
const LONGEST_BEGINNING = 64;
/** Characters that are kept of what came before, to be shown. */
const MOST_KEPT = 500;

/**
 * Leaves out what comes before the output of a command: sshd hands a command to the user's login shell, and whatever that prints as it
 * starts (an `echo` in `.bashrc`, say) stands in front. `beginning` is how the command's own output begins, which must not take more than
 * 64 bytes to be told.
 */
export class Preamble {
  readonly #beginning: RegExp;
  #end: Buffer = Buffer.alloc(0);
  #text = '';
  #isOver = false;

  constructor(beginning: RegExp) {
    this.#beginning = beginning;
  }

  /** Whether the command's own output has begun. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What stood in front so far, or the first of it. */
  get text(): string {
    return this.#text.trim();
  }

  /** What of the next piece is the command's own: nothing at first, and in the end all of it. */
  feed(piece: Buffer): Buffer {
    if (this.#isOver) return piece;
    const seen = Buffer.concat([this.#end, piece]);
    const found = this.#beginning.exec(seen.toString('latin1'));
    const before = found === null ? piece : piece.subarray(0, Math.max(0, found.index - this.#end.length));
    if (this.#text.length < MOST_KEPT) this.#text = (this.#text + before.toString('utf8')).slice(0, MOST_KEPT);
    if (found === null) {
      this.#end = seen.subarray(Math.max(0, seen.length - LONGEST_BEGINNING));
      return Buffer.alloc(0);
    }
    this.#isOver = true;
    return seen.subarray(found.index);
  }
}
