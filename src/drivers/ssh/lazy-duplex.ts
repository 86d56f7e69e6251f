import { Duplex } from 'node:stream';
import type { Preamble } from './preamble.ts';

/**
 * A stream that is there at once and opens behind the scenes: what is written before waits. It has the methods of a
 * socket that http.Agent calls.
 */
export class LazyDuplex extends Duplex {
  readonly #opening: Promise<Duplex>;
  readonly #endsOn: 'end' | 'close';
  readonly #preamble: Pick<Preamble, 'feed'> | undefined;
  #inner: Duplex | undefined;

  /**
   * `endsOn`: with `close` the end is held back until it is known whether an error comes with it. `preamble` is left out of what comes in.
   */
  constructor(
    open: () => Promise<Duplex>,
    {
      endsOn = 'end',
      preamble,
    }: { readonly endsOn?: 'end' | 'close'; readonly preamble?: Pick<Preamble, 'feed'> } = {},
  ) {
    super({ highWaterMark: 256 * 1024 });
    this.#endsOn = endsOn;
    this.#preamble = preamble;
    this.#opening = open();
    this.#opening.then(
      (inner) => this.#attach(inner),
      (error: Error) => this.destroy(error),
    );
  }

  override _read(): void {
    this.#inner?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#inner !== undefined) this.#inner.write(chunk, encoding, done);
    else this.#whenOpen((inner) => inner.write(chunk, encoding, done), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenOpen((inner) => {
      inner.end();
      done();
    }, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // One that opens later must not stay open.
    this.#whenOpen(
      (inner) => inner.destroy(),
      () => {},
    );
    done(error);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #whenOpen(then: (inner: Duplex) => void, otherwise: (error: Error) => void): void {
    this.#opening.then(then, otherwise);
  }

  #attach(inner: Duplex): void {
    if (this.destroyed) return;
    this.#inner = inner;
    inner.on('data', (piece: Buffer) => {
      const chunk = this.#preamble?.feed(piece) ?? piece;
      if (chunk.length > 0 && !this.push(chunk)) inner.pause();
    });
    inner.on('end', () => {
      if (this.#endsOn === 'end') this.push(null);
    });
    inner.on('error', (error) => this.destroy(error));
    inner.on('close', () => {
      if (this.destroyed) return;
      if (inner.readableEnded && this.#endsOn === 'close') this.push(null);
      // What came before an orderly end is still to be read.
      if (inner.readableEnded && !this.readableEnded) this.once('end', () => this.destroy());
      else this.destroy();
    });
  }
}
