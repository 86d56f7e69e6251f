import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerPieces, superfluousLayers } from '../../../src/drivers/docker/layer-filter.ts';
import { tarPieces } from '../../../src/drivers/docker/tar-pieces.ts';
import { makeTar, type TarFile } from './make-tar.ts';

const hex = (digit: string) => digit.repeat(64);
const [a, b, c] = ['a', 'b', 'c'].map((digit) => `sha256:${hex(digit)}`) as [string, string, string];

/** Names of the files in a tar, each with the layer that it was found to be. */
async function layersIn(files: readonly TarFile[], layers: readonly string[]) {
  const chunks = async function* () {
    yield makeTar(files);
  };
  const found: [string, string | undefined][] = [];
  for await (const { piece, layer } of layerPieces(tarPieces(chunks()), layers)) {
    if (piece.kind === 'entry') found.push([piece.header.name, layer]);
    // Whatever is said of an entry holds for its content too.
    if (piece.kind === 'content') expect(layer).toBe(found.at(-1)![1]);
  }
  return found;
}

describe('layers in an export', () => {
  test('are files named by their digests; other blobs and links are not', async () => {
    const files = [
      { name: 'blobs/sha256/', type: '5' },
      { name: `blobs/sha256/${hex('a')}`, content: 'the layer' },
      { name: `blobs/sha256/${hex('b')}`, type: '2' },
      { name: `blobs/sha256/${hex('d')}`, content: 'the config' },
      { name: `other/sha256/${hex('a')}`, content: 'elsewhere' },
      { name: 'manifest.json', content: '[]' },
    ];
    expect(await layersIn(files, [a, b])).toEqual([
      ['blobs/sha256/', undefined],
      [`blobs/sha256/${hex('a')}`, a],
      [`blobs/sha256/${hex('b')}`, undefined],
      [`blobs/sha256/${hex('d')}`, undefined],
      [`other/sha256/${hex('a')}`, undefined],
      ['manifest.json', undefined],
    ]);
  });

  test('stay unknown in directories whose names prove nothing', async () => {
    const directory = hex('1');
    const files = [
      { name: `${directory}/json`, content: `{"id":"${directory}","os":"linux"}` },
      { name: `${directory}/layer.tar`, content: 'the layer' },
    ];
    expect((await layersIn(files, [a, b])).map(([, layer]) => layer)).toEqual([undefined, undefined]);
  });
});

describe('layers that need not be sent', () => {
  test('are those at the bottom that the host has', () => {
    expect([...superfluousLayers([a, b, c], new Set([a, b]))]).toEqual([a, b]);
    expect([...superfluousLayers([a, b, c], new Set([a, c]))]).toEqual([a]);
    expect([...superfluousLayers([a, b, c], new Set([b, c]))]).toEqual([]);
    expect([...superfluousLayers([a, b, c], new Set([c, b, a]))]).toEqual([a, b, c]);
  });

  test('do not include one that comes again above a missing one', () => {
    expect([...superfluousLayers([a, b, c, a], new Set([a, b]))]).toEqual([b]);
    expect([...superfluousLayers([a, b, a], new Set([a, b]))]).toEqual([a, b]);
  });

  test('are never one that the host lacks', () => {
    const layer = fc.constantFrom(a, b, c);
    fc.assert(
      fc.property(fc.array(layer), fc.array(layer), (layers, have) => {
        const there = new Set(have);
        for (const left of superfluousLayers(layers, there)) expect(there.has(left)).toBe(true);
      }),
    );
  });
});
