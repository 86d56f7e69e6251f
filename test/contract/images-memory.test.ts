import { MemoryCourier } from '../../src/drivers/memory/courier.ts';
import { MemoryEngine } from '../../src/drivers/memory/engine.ts';
import { memoryFleet } from '../../src/drivers/memory/fleet.ts';
import { MemoryImages } from '../../src/drivers/memory/images.ts';
import { imageRef } from '../../src/model/names.ts';
import type { ObservedImage } from '../../src/model/observed.ts';
import { instantClock } from '../drivers/memory/instant-clock.ts';
import { imagesContract } from './images.ts';

imagesContract('engines in memory', async () => {
  const fleet = memoryFleet(instantClock());
  const base = image('base:1', [900, 800, 700]);
  const changed = image('changed:1', [900, 800, 700, 30]);
  const reconfigured = { ...image('reconfigured:1', [900, 800, 700]), identity: 'reconfigured' };
  const published = image('published:1', [10]);
  fleet.registry.set(published.ref, published);
  const control = new MemoryEngine({ id: 'control', images: [base, changed, reconfigured] });
  const [first, second] = [new MemoryEngine({ id: 'first' }), new MemoryEngine({ id: 'second' })];
  return {
    control: new MemoryImages(fleet, control),
    courier: new MemoryCourier(fleet, control),
    hosts: [new MemoryImages(fleet, first), new MemoryImages(fleet, second)],
    base: base.ref,
    changed: changed.ref,
    reconfigured: reconfigured.ref,
    published: published.ref,
    use: async (ref) => void first.foreign('user', ref),
    [Symbol.asyncDispose]: async () => {},
  };
});

/** An image whose layers are the same for all with the same sizes. */
function image(name: string, layerSizes: readonly number[]): ObservedImage {
  return {
    ref: imageRef(name),
    identity: `identity of ${layerSizes.join()}`,
    layers: layerSizes.map((_size, at) => `layer-${at}`),
    layerSizes,
    sizeBytes: layerSizes.reduce((sum, size) => sum + size, 0),
    platform: { os: 'linux', architecture: 'amd64' },
  };
}
