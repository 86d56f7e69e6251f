import type { ImageRef } from '../model/names.ts';
import type { ObservedImage } from '../model/observed.ts';

/** Bytes so far and, where it is known, in all. */
export type Progress = (done: number, total: number) => void;

/** The images of one engine. Methods throw `TmError` and end early with the signal. */
export interface Images {
  /** The image that `ref` names there, or undefined. */
  find(ref: ImageRef, signal: AbortSignal): Promise<ObservedImage | undefined>;
  /** Layer diff ids of every image there, each chain bottom first. */
  layerChains(signal: AbortSignal): Promise<readonly (readonly string[])[]>;
  /** Fetches it from its registry. */
  pull(ref: ImageRef, progress: Progress, signal: AbortSignal): Promise<void>;
  /** Removes the tag. Does nothing where it is gone; leaves an image that a container uses, with `failed`. */
  remove(ref: ImageRef, signal: AbortSignal): Promise<void>;
}

/** Takes images from the control machine's engine to the hosts'. */
export interface Courier {
  /**
   * Streams `ref` to a host without the layers named in `have` (diff ids), and resolves when it is loaded there under the same name.
   * Sends of one image that are asked for in the same turn share one export. Gives the bytes that were sent.
   */
  send(ref: ImageRef, to: Images, have: ReadonlySet<string>, progress: Progress, signal: AbortSignal): Promise<number>;
}
