import { TmError } from '../../model/fault.ts';
import type { ImageRef } from '../../model/names.ts';
import type { ObservedImage } from '../../model/observed.ts';
import type { Images, Progress } from '../../ports/images.ts';
import type { MemoryEngine } from './engine.ts';
import { type MemoryFleet, operate } from './fleet.ts';

/** The images of one engine in memory. */
export class MemoryImages implements Images {
  readonly #fleet: MemoryFleet;
  /** For the courier, which puts images here. */
  readonly engine: MemoryEngine;

  constructor(fleet: MemoryFleet, engine: MemoryEngine) {
    this.#fleet = fleet;
    this.engine = engine;
  }

  find(ref: ImageRef, signal: AbortSignal): Promise<ObservedImage | undefined> {
    return this.#operate('find', ref, signal, () => this.engine.images.get(ref));
  }

  layerChains(signal: AbortSignal): Promise<readonly (readonly string[])[]> {
    return this.#operate('layerChains', '', signal, () => [...this.engine.images.values()].map((one) => one.layers));
  }

  pull(ref: ImageRef, progress: Progress, signal: AbortSignal): Promise<void> {
    return this.#operate('pull', ref, signal, () => {
      const image = this.#fleet.registry.get(ref);
      if (image === undefined) throw new TmError({ kind: 'failed', message: `no registry has the image ${ref}` });
      progress(image.sizeBytes, image.sizeBytes);
      this.engine.images.set(ref, image);
    });
  }

  remove(ref: ImageRef, signal: AbortSignal): Promise<void> {
    return this.#operate('remove', ref, signal, () => {
      const user = [...this.engine.containers.values()].find((container) => container.image === ref);
      if (user !== undefined) {
        throw new TmError({ kind: 'failed', message: `the image ${ref} is used by the container ${user.name}` });
      }
      this.engine.images.delete(ref);
    });
  }

  #operate<T>(method: string, subject: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    return operate(this.#fleet, { name: `images.${method}`, engine: this.engine.id, subject }, signal, work);
  }
}
