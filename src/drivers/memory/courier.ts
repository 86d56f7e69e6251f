import { TmError } from '../../model/fault.ts';
import type { ImageRef } from '../../model/names.ts';
import type { ObservedImage } from '../../model/observed.ts';
import type { Courier, Images, Progress } from '../../ports/images.ts';
import type { MemoryEngine } from './engine.ts';
import { type MemoryFleet, operate } from './fleet.ts';
import { MemoryImages } from './images.ts';

/** Copies images from the control engine to the others of a fleet, counting the bytes that a wire would carry. */
export class MemoryCourier implements Courier {
  readonly #fleet: MemoryFleet;
  readonly #from: MemoryEngine;

  constructor(fleet: MemoryFleet, from: MemoryEngine) {
    this.#fleet = fleet;
    this.#from = from;
  }

  send(ref: ImageRef, to: Images, have: ReadonlySet<string>, progress: Progress, signal: AbortSignal): Promise<number> {
    if (!(to instanceof MemoryImages)) throw new Error('this courier only serves engines in memory');
    const operation = { name: 'courier.send', engine: to.engine.id, subject: ref };
    return operate(this.#fleet, operation, signal, () => {
      const image = this.#from.images.get(ref);
      if (image === undefined) {
        throw new TmError({ kind: 'failed', message: `the control machine has no image ${ref}` });
      }
      const bytes = bytesToSend(image, have, to.engine);
      progress(Math.floor(bytes / 2), bytes);
      // A real transfer can be stopped in the middle.
      signal.throwIfAborted();
      progress(bytes, bytes);
      to.engine.images.set(ref, image);
      return bytes;
    });
  }
}

/** The whole image where a layer that may be left out is not there after all, as with a real engine. */
function bytesToSend(image: ObservedImage, have: ReadonlySet<string>, target: MemoryEngine): number {
  const chains = [...target.images.values()].map((one) => one.layers);
  const size = (index: number) => image.layerSizes?.[index] ?? image.sizeBytes / image.layers.length;
  let bytes = 0;
  for (const [index, layer] of image.layers.entries()) {
    if (!have.has(layer)) bytes += size(index);
    else if (!chains.some((chain) => image.layers.slice(0, index + 1).every((one, at) => chain[at] === one))) {
      return image.sizeBytes;
    }
  }
  return bytes;
}
