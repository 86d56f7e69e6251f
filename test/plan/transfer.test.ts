import { describe, expect, it } from 'vitest';
import { transferOf } from '../../src/plan/transfer.ts';
import { anImage } from './fixtures.ts';

const image = anImage('acme/node:1.4', ['a', 'b', 'c', 'd']);

describe('transferOf', () => {
  it('sends everything to an engine that has nothing', () => {
    expect(transferOf(image, [])).toEqual({
      transfer: { bytes: 40e6, totalBytes: 40e6, missingLayers: 4, totalLayers: 4 },
      have: [],
    });
  });

  it('spares the longest common beginning with any chain, and nothing that is only further up in one', () => {
    expect(transferOf(image, [['a'], ['a', 'b', 'x', 'd'], ['b', 'c', 'd']])).toEqual({
      transfer: { bytes: 20e6, totalBytes: 40e6, missingLayers: 2, totalLayers: 4 },
      have: ['a', 'b'],
      chain: 1,
    });
  });

  it('needs only the name where all layers are there', () => {
    expect(transferOf(image, [['a', 'b', 'c', 'd', 'e']])).toMatchObject({
      transfer: { bytes: 0, missingLayers: 0 },
      have: ['a', 'b', 'c', 'd'],
    });
  });

  it('sends a layer in both places when it comes again above the spared ones, since it is left out by id', () => {
    expect(transferOf(anImage('r', ['a', 'b', 'a']), [['a', 'b']])).toEqual({
      transfer: { bytes: 20e6, totalBytes: 30e6, missingLayers: 2, totalLayers: 3 },
      have: ['b'],
      chain: 0,
    });
  });

  it('goes by proportion where the sizes of layers are not known', () => {
    const { layerSizes: _sizes, ...unsized } = image;
    expect(transferOf(unsized, [['a']]).transfer).toEqual({
      bytes: 30e6,
      totalBytes: 40e6,
      missingLayers: 3,
      totalLayers: 4,
    });
    expect(transferOf({ ...image, layerSizes: [1, 2] }, [['a']]).transfer.bytes).toBe(30e6);
    expect(transferOf({ ...unsized, layers: [] }, []).transfer.bytes).toBe(40e6);
  });
});
