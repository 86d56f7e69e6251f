import { constants, createGzip, type Gzip } from 'node:zlib';

/** Where packed bytes go. `write` resolves when more may come. */
export interface PackedSink {
  /** It takes nothing more. */
  readonly isOver: boolean;
  write(bytes: Buffer): Promise<void>;
}

/** Bytes after which the speed of the wire is looked at. */
const SAMPLE_BYTES = 1024 * 1024;
/** Below this the wire is the bottleneck, and one core compresses faster than that. Bytes a second. */
const SLOW_WIRE = 12 * 1024 * 1024;
/** A hiccup is no slow wire. */
const SLOW_SAMPLES = 2;
const FAST_COMPRESSION = 1;

/**
 * Packs one stream of bytes for several sinks: gzip that begins without compressing, and compresses from the moment on that
 * the sinks turn out to be slow. Engines unpack either. Goes at the pace of the slowest sink; those that are over are left out.
 */
export class WirePacker {
  readonly #sinks: readonly PackedSink[];
  #member: Member;
  #packed = 0;
  #isSwitched = false;
  #sampledBytes = 0;
  #sampledMs = 0;
  #slowSamples = 0;

  constructor(sinks: readonly PackedSink[]) {
    this.#sinks = sinks;
    this.#member = this.#begin(constants.Z_NO_COMPRESSION);
  }

  /** Bytes taken so far, before packing. */
  get packed(): number {
    return this.#packed;
  }

  /** No sink takes anything more. */
  get isOver(): boolean {
    return this.#sinks.every((sink) => sink.isOver);
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.isOver) return;
    this.#packed += bytes.length;
    if (this.#slowSamples >= SLOW_SAMPLES && !this.#isSwitched) {
      // A gzip file may have several members, each packed in its own way.
      this.#isSwitched = true;
      await this.end();
      this.#member = this.#begin(FAST_COMPRESSION);
    }
    const { gzip } = this.#member;
    if (gzip.destroyed || gzip.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        gzip.off('drain', settle).off('close', settle);
        resolve();
      };
      // It closes where all sinks are over meanwhile.
      gzip.on('drain', settle).on('close', settle);
    });
  }

  /** Resolves when the sinks have everything. */
  async end(): Promise<void> {
    this.#member.gzip.end();
    await this.#member.passedOn;
  }

  #begin(level: number): Member {
    const gzip = createGzip({ level, chunkSize: 128 * 1024 });
    const passedOn = this.#passOn(gzip);
    // Whoever waits for it does so at its end.
    passedOn.catch(() => {});
    return { gzip, passedOn };
  }

  async #passOn(gzip: Gzip): Promise<void> {
    for await (const chunk of gzip as AsyncIterable<Buffer>) {
      const open = this.#sinks.filter((sink) => !sink.isOver);
      if (open.length === 0) return;
      const began = performance.now();
      await Promise.all(open.map((sink) => sink.write(chunk)));
      this.#sample(chunk.length, performance.now() - began);
    }
  }

  /** Only the time that sinks made us wait counts: a slow source is not helped by compression. */
  #sample(bytes: number, ms: number): void {
    this.#sampledBytes += bytes;
    this.#sampledMs += ms;
    if (this.#sampledBytes < SAMPLE_BYTES) return;
    const isSlow = this.#sampledBytes / (this.#sampledMs / 1000) < SLOW_WIRE;
    this.#slowSamples = isSlow ? this.#slowSamples + 1 : 0;
    this.#sampledBytes = 0;
    this.#sampledMs = 0;
  }
}

interface Member {
  readonly gzip: Gzip;
  /** Resolves when the sinks have all of it, or are over. */
  readonly passedOn: Promise<void>;
}
