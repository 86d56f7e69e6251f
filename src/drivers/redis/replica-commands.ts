/** One command of a replication stream, its name first. An argument that nobody wanted, or that is too long, is undefined. */
export type ReplicaCommand = readonly (Buffer | undefined)[];

interface Options {
  /** Whether the arguments of a command are wanted: asked when its name is known, and again when its first argument is. */
  readonly wants: (name: string, key: Buffer | undefined) => boolean;
  readonly tell: (name: string, command: ReplicaCommand) => void;
}

/** Bytes of one command that are kept, at most. */
const KEPT_BYTES = 1 << 20;
/** Of the name, and of keys until it is known whether they matter. */
const SHORT = 512;

const [STAR, DOLLAR, CR, LF, ZERO] = [...Buffer.from('*$\r\n0')] as [number, number, number, number, number];

/**
 * Reads commands from a replication stream, piece by piece as they come. What nobody wants, such as the log lines of a flood, is stepped
 * over without being looked at: it costs the few bytes of its headers, and is never held.
 */
export class ReplicaCommands {
  readonly #options: Options;
  #received = 0;
  #consumed = 0;
  #phase: 'command' | 'count' | 'argument' | 'length' | 'body' = 'command';
  #number = 0;
  /** Arguments of the present command that are still to come. */
  #left = 0;
  #name = '';
  #arguments: (Buffer | undefined)[] = [];
  #wanted = false;
  #room = 0;
  /** Bytes of the present argument, with its line end, that are still to come. */
  #rest = 0;
  #kept: Buffer | undefined;
  #filled = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Bytes up to the end of the last whole command. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Tells the commands that end in this piece. Throws where it is no stream of commands. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#phase === 'body') {
        at = this.#body(chunk, at);
        if (this.#rest === 0) this.#argumentEnded(at);
        continue;
      }
      this.#header(chunk[at]!);
      at += 1;
    }
    this.#received += chunk.length;
  }

  #header(byte: number): void {
    if (byte === CR) return;
    if (this.#phase === 'command') {
      // A master that has nothing to say may send an empty line to be heard.
      if (byte === LF) return;
      this.#expect(byte, STAR, 'count');
    } else if (this.#phase === 'argument') {
      this.#expect(byte, DOLLAR, 'length');
    } else if (byte === LF) {
      if (this.#phase === 'count') this.#begin(this.#number);
      else this.#argumentBegins(this.#number);
    } else {
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9 || this.#number > 1e9) throw new Error('the replication stream cannot be read');
      this.#number = this.#number * 10 + digit;
    }
  }

  #expect(byte: number, expected: number, next: 'count' | 'length'): void {
    if (byte !== expected) throw new Error('the replication stream cannot be read');
    this.#phase = next;
    this.#number = 0;
  }

  #begin(count: number): void {
    this.#left = count;
    this.#name = '';
    this.#arguments = [];
    this.#wanted = true;
    this.#room = KEPT_BYTES;
    this.#phase = count === 0 ? 'command' : 'argument';
  }

  #argumentBegins(length: number): void {
    const undecided = this.#arguments.length < 2;
    const keep = this.#wanted && length <= (undecided ? SHORT : this.#room);
    this.#kept = keep ? Buffer.allocUnsafe(length) : undefined;
    this.#filled = 0;
    this.#rest = length + 2;
    this.#phase = 'body';
  }

  #body(chunk: Buffer, at: number): number {
    const step = Math.min(this.#rest, chunk.length - at);
    if (this.#kept !== undefined && this.#filled < this.#kept.length) {
      this.#filled += chunk.copy(this.#kept, this.#filled, at, at + step);
    }
    this.#rest -= step;
    return at + step;
  }

  #argumentEnded(at: number): void {
    const args = this.#arguments;
    const kept = this.#kept;
    if (this.#wanted) {
      args.push(kept);
      // Each counts for something, so that a million empty ones do not fill the memory.
      this.#room -= (kept?.length ?? 0) + 64;
      if (args.length === 1) {
        this.#name = kept?.toString('latin1').toUpperCase() ?? '';
        this.#wanted = this.#options.wants(this.#name, undefined);
      } else if (args.length === 2) {
        this.#wanted = this.#options.wants(this.#name, kept);
      }
    }
    this.#left -= 1;
    this.#phase = this.#left === 0 ? 'command' : 'argument';
    if (this.#left > 0) return;
    this.#consumed = this.#received + at;
    if (this.#wanted) this.#options.tell(this.#name, args);
  }
}
