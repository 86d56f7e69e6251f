import type { ObservedImage } from '../model/observed.ts';
import type { Transfer } from '../model/plan.ts';

export interface TransferPlan {
  readonly transfer: Transfer;
  /** Diff ids that need not go. */
  readonly have: readonly string[];
  /** Which of the chains spares the most, where one spares anything. */
  readonly chain?: number;
}

/**
 * What of an image has to go to an engine with these layer chains. A layer may be left out only where some image there begins with the
 * same layers up to and including it: engines address a layer by the whole chain below it. Bytes are exact where the engine told the
 * sizes of layers, else the image's size in proportion.
 */
export function transferOf(image: ObservedImage, chains: readonly (readonly string[])[]): TransferPlan {
  let spared = 0;
  let chain: number | undefined;
  chains.forEach((layers, index) => {
    const common = commonPrefix(image.layers, layers);
    if (common <= spared) return;
    spared = common;
    chain = index;
  });
  // `have` is a set of ids, so a layer that comes again above the spared ones has to go in both places.
  const missing = new Set(image.layers.slice(spared));
  const have = [...new Set(image.layers.slice(0, spared))].filter((layer) => !missing.has(layer));
  return { transfer: measure(image, (layer) => missing.has(layer)), have, ...(chain === undefined ? {} : { chain }) };
}

function measure(image: ObservedImage, goes: (layer: string) => boolean): Transfer {
  const { layers, layerSizes, sizeBytes } = image;
  const missingLayers = layers.filter(goes).length;
  if (layerSizes !== undefined && layerSizes.length === layers.length) {
    const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
    const bytes = sum(layerSizes.filter((_size, index) => goes(layers[index]!)));
    return { bytes, totalBytes: sum(layerSizes), missingLayers, totalLayers: layers.length };
  }
  const bytes = layers.length === 0 ? sizeBytes : Math.round((sizeBytes * missingLayers) / layers.length);
  return { bytes, totalBytes: sizeBytes, missingLayers, totalLayers: layers.length };
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
