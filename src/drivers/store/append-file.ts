import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileFault } from './file-fault.ts';

const NEWLINE = 0x0a;

/** Texts that wait for one write together. */
interface Batch {
  readonly texts: string[];
  readonly written: Promise<void>;
}

/**
 * A file that only grows, written in the order of the calls. What is appended in one turn of the event loop, or during a write, goes
 * in one write. A write that fails (a full disk) is taken back whole, so that later ones do not go on in the middle of a line.
 */
export class AppendFile implements AsyncDisposable {
  /** Lines that were in it when it was opened. */
  readonly lines: number;
  /** Bytes that they take. */
  readonly bytes: number;
  readonly #file: FileHandle;
  readonly #shown: string;
  #length: number;
  #next: Batch | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Opens it, mode 0600, creating it where it is missing. A last line without its newline (tm or the machine crashed) is cut off,
   * or ended there, so that what comes now begins a line.
   */
  static async open(path: string, shown: string, torn: 'cut' | 'end'): Promise<AppendFile> {
    try {
      const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        return await AppendFile.#at(file, shown, torn);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileFault(`cannot open ${shown}`, error);
    }
  }

  static async #at(file: FileHandle, shown: string, torn: 'cut' | 'end'): Promise<AppendFile> {
    const { lines, whole, size } = await measure(file);
    if (torn === 'cut' || whole === size) {
      await file.truncate(whole);
      return new AppendFile(file, shown, lines, whole);
    }
    const opened = new AppendFile(file, shown, lines + 1, size);
    await opened.append('\n');
    return opened;
  }

  private constructor(file: FileHandle, shown: string, lines: number, length: number) {
    this.#file = file;
    this.#shown = shown;
    this.lines = lines;
    this.bytes = length;
    this.#length = length;
  }

  /** Resolves when the system has the text; rejects with `failed` where it could not be written. */
  append(text: string): Promise<void> {
    if (this.#closed) return Promise.reject(fileFault(`cannot write ${this.#shown}`, new Error('it is closed')));
    if (text === '') return Promise.resolve();
    this.#next ??= this.#schedule();
    this.#next.texts.push(text);
    return this.#next.written;
  }

  /** Waits for what was appended, and closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last.catch(() => {});
    await this.#file.close();
  }

  #schedule(): Batch {
    const texts: string[] = [];
    const before = this.#last;
    const written = (async () => {
      await before.catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      this.#next = undefined;
      await this.#write(Buffer.from(texts.join('')));
    })();
    this.#last = written;
    return { texts, written };
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#length + done);
        done += bytesWritten;
      }
      this.#length += bytes.length;
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => {});
      throw fileFault(`cannot write ${this.#shown}`, error);
    }
  }
}

/** Whole lines of a file, the bytes that they take, and all of its bytes. */
async function measure(
  file: FileHandle,
): Promise<{ readonly lines: number; readonly whole: number; readonly size: number }> {
  const chunk = Buffer.alloc(1 << 18);
  let lines = 0;
  let whole = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return { lines, whole, size: position };
    const read = chunk.subarray(0, bytesRead);
    for (let at = read.indexOf(NEWLINE); at >= 0; at = read.indexOf(NEWLINE, at + 1)) {
      lines += 1;
      whole = position + at + 1;
    }
    position += bytesRead;
  }
}
