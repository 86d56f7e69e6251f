import type { DesiredImage } from '../model/desired.ts';
import type { HostName, ImageRef } from '../model/names.ts';
import { type ImageSource, needing } from './image-source.ts';
import type { Machine } from './machines.ts';

/** An image that hosts of one architecture hold with different contents, where the control machine has none to say which is right. */
export interface AmbiguousImage {
  readonly ref: ImageRef;
  readonly on: readonly HostName[];
}

/** The images of a test that are not the same everywhere and will not be made so. */
export function ambiguousImages(
  images: readonly DesiredImage[],
  sources: ReadonlyMap<ImageRef, ImageSource>,
  machines: readonly Machine[],
): readonly AmbiguousImage[] {
  return images.flatMap((desired) => {
    const kind = sources.get(desired.ref)?.kind;
    if (kind !== 'elsewhere' && kind !== 'pulled-by-hosts') return [];
    const held = needing(desired, machines).flatMap(({ on, seen }) => {
      const image = seen.kind === 'known' ? seen.images.get(desired.ref) : undefined;
      return image === undefined ? [] : [{ on, architecture: image.platform.architecture, identity: image.identity }];
    });
    const on = held
      .filter((one) => held.some((other) => other.architecture === one.architecture && other.identity !== one.identity))
      .map((one) => one.on);
    return on.length === 0 ? [] : [{ ref: desired.ref, on }];
  });
}
