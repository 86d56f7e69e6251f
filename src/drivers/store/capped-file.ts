import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { leftOutLine, tornLineOf, wholeLinesOf } from './line-bounds.ts';

const CHUNK = 1 << 20;

/** What became of a capped file: the bytes that it has, and those of its source that it does not. */
export interface Capped {
  readonly bytes: number;
  readonly cut: number;
}

/**
 * A file that takes any amount and keeps the first quarter and the last three quarters of `maxBytes`. What comes behind the first
 * quarter goes round in the rest of the file, so neither memory nor disk need more; `finish` puts it in order. Throws as `fs` does.
 */
export class CappedFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #head: number;
  readonly #ring: number;
  #taken = 0;

  /** Opens it anew, mode 0600. */
  static async open(path: string, maxBytes: number): Promise<CappedFile> {
    return new CappedFile(path, await open(path, 'w+', 0o600), maxBytes);
  }

  private constructor(path: string, file: FileHandle, maxBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#head = Math.floor(maxBytes / 4);
    this.#ring = maxBytes - this.#head;
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) {
      const at = this.#placeOf(this.#taken);
      const room = at < this.#head ? this.#head - at : this.#head + this.#ring - at;
      const { bytesWritten } = await this.#file.write(bytes, done, Math.min(room, bytes.length - done), at);
      done += bytesWritten;
      this.#taken += bytesWritten;
    }
  }

  /** Puts a file that went round in order. Nothing is written after it. */
  async finish(): Promise<Capped> {
    const most = this.#head + this.#ring;
    if (this.#taken <= most) return { bytes: this.#taken, cut: 0 };
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      const capped = await this.#inOrder(draft);
      await rename(draft, this.#path);
      return capped;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async #inOrder(draft: string): Promise<Capped> {
    const first = this.#taken - this.#ring;
    const torn = tornLineOf(await this.#read(first, CHUNK));
    const lastOfHead = Math.max(0, this.#head - CHUNK);
    const head = lastOfHead + wholeLinesOf(await this.#read(lastOfHead, this.#head - lastOfHead));
    const cut = first + torn - head;
    const line = leftOutLine(cut);
    await using to = await open(draft, 'wx', 0o600);
    await this.#copy(0, head, to);
    await to.writeFile(line);
    await this.#copy(first + torn, this.#taken, to);
    return { bytes: this.#taken - cut + Buffer.byteLength(line), cut };
  }

  async #copy(from: number, until: number, to: FileHandle): Promise<void> {
    for (let at = from; at < until; ) {
      const bytes = await this.#read(at, Math.min(CHUNK, until - at));
      await to.writeFile(bytes);
      at += bytes.length;
    }
  }

  /** What was taken from position `from` on, at most `length` bytes of it. */
  async #read(from: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(Math.min(length, this.#taken - from));
    for (let done = 0; done < bytes.length; ) {
      const at = this.#placeOf(from + done);
      const most = Math.min(bytes.length - done, this.#head + this.#ring - at);
      const { bytesRead } = await this.#file.read(bytes, done, most, at);
      if (bytesRead === 0) throw new Error('it was cut short while it was written');
      done += bytesRead;
    }
    return bytes;
  }

  /** Where the byte at a position of the source stands in the file. */
  #placeOf(position: number): number {
    return position < this.#head ? position : this.#head + ((position - this.#head) % this.#ring);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
