/**
 * Bytes of each layer from the sizes in an image's history (oldest first). A history has more steps than layers: those
 * that only changed the config weigh 0. Where a layer itself weighs nothing, which step it was cannot be told: undefined.
 */
export function layerSizes(steps: readonly number[], layers: number): readonly number[] | undefined {
  if (steps.length === layers) return steps;
  const weighty = steps.filter((size) => size > 0);
  return weighty.length === layers ? weighty : undefined;
}
