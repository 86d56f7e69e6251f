import { PassThrough } from 'node:stream';
import { TmError } from '../../model/fault.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineError } from './engine-error.ts';
import { idleLimit } from './idle-limit.ts';
import { jsonLines } from './json-lines.ts';
import type { PackedSink } from './wire-packer.ts';

/** Bytes that may wait for one target. */
const BUFFER_BYTES = 1024 * 1024;
/** A target that takes nothing for so long is left behind by the others. */
const STALL_MS = 120_000;
/** An engine unpacks the whole of what it was sent before it says a word. */
const LOAD_MS = 15 * 60_000;

interface LoadLine {
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** One `POST /images/load` of a tar, packed or not, under way. It takes bytes until `end`; `loaded` settles when the engine is done. */
export class ImageUpload implements PackedSink {
  /** Rejects with EngineError for what the engine says, TmError (`unreachable`), or the signal's reason. */
  readonly loaded: Promise<void>;
  readonly #where: string;
  readonly #stopped = new AbortController();
  readonly #body = new PassThrough({ highWaterMark: BUFFER_BYTES });

  constructor(api: EngineApi, signal: AbortSignal) {
    this.#where = api.transport.where;
    this.#body.on('error', () => {});
    this.loaded = load(api, this.#body, AbortSignal.any([signal, this.#stopped.signal])).catch((error: unknown) => {
      this.#body.destroy();
      throw this.#stopped.signal.reason ?? error;
    });
    // Whoever waits for it does so later.
    this.loaded.catch(() => {});
  }

  /** It has failed or was stopped: nothing more is taken. */
  get isOver(): boolean {
    return this.#body.destroyed;
  }

  /** Takes bytes; resolves when it is ready for more, and stops by itself where that takes too long. */
  async write(bytes: Buffer): Promise<void> {
    if (this.isOver) return;
    if (this.#body.write(bytes)) return;
    await this.#drained();
  }

  end(): void {
    this.#body.end();
  }

  /** Ends it where it is; `loaded` rejects with `reason`. */
  stop(reason: unknown): void {
    this.#stopped.abort(reason);
    this.#body.destroy();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        // It is closed where the upload fails meanwhile.
        this.#body.off('drain', settle).off('close', settle);
        resolve();
      };
      const timer = setTimeout(() => {
        const message = `${this.#where} took no byte of an image for ${STALL_MS / 1000} s`;
        this.stop(new TmError({ kind: 'unreachable', what: 'host', message }));
      }, STALL_MS);
      this.#body.on('drain', settle).on('close', settle);
    });
  }
}

async function load(api: EngineApi, body: PassThrough, signal: AbortSignal): Promise<void> {
  const request = { method: 'POST', path: '/images/load', upload: body, timeoutMs: LOAD_MS } as const;
  const stream = await api.stream(request, signal);
  // The status is 200 even where it fails.
  for await (const line of jsonLines<LoadLine>(idleLimit(stream, LOAD_MS, 'loading an image'))) {
    const problem = line.errorDetail?.message ?? line.error;
    if (problem !== undefined) throw new EngineError(200, problem);
  }
}
