import { LegacyLayerIds } from './legacy-layer-ids.ts';
import type { TarHeader } from './tar-header.ts';
import type { TarPiece } from './tar-pieces.ts';

/** A `json` file of a layer is about 1 KB, that of the last one as large as the image's config. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** The pieces of an image's tar, each with the layer that it is the content of, where that is certain. */
export interface LayerPiece {
  readonly piece: TarPiece;
  /** Diff id. */
  readonly layer?: string;
}

/**
 * Finds the layers in what an engine exports. Docker 25 and later name them by their digests; before that their names
 * have to be made out (LegacyLayerIds). A layer that stays unknown is just a file, and is sent like all others.
 */
export async function* layerPieces(
  pieces: AsyncIterable<TarPiece>,
  layers: readonly string[],
): AsyncGenerator<LayerPiece> {
  const legacy = new LegacyLayerIds(layers);
  let layer: string | undefined;
  let json: { readonly directory: string; text: string } | undefined;
  for await (const piece of pieces) {
    if (piece.kind !== 'content') {
      if (json !== undefined) legacy.learn(json.directory, json.text);
      json = undefined;
      layer = undefined;
    }
    if (piece.kind === 'entry') {
      layer = layerOf(piece.header, layers, legacy);
      const directory = /^([0-9a-f]{64})\/json$/.exec(piece.header.name)?.[1];
      if (directory !== undefined && piece.header.size <= MAX_JSON_BYTES) json = { directory, text: '' };
    } else if (piece.kind === 'content' && json !== undefined) {
      json.text += piece.content.toString('utf8');
    }
    yield layer === undefined ? { piece } : { piece, layer };
  }
}

// A layer that an image has twice is there once, with links to it: only the file itself counts.
function layerOf({ name, type }: TarHeader, layers: readonly string[], legacy: LegacyLayerIds): string | undefined {
  if (type !== '0') return undefined;
  const blob = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  if (blob !== undefined) return layers.find((layer) => layer === `sha256:${blob}`);
  const directory = /^([0-9a-f]{64})\/layer\.tar$/.exec(name)?.[1];
  const position = directory === undefined ? undefined : legacy.position(directory);
  return position === undefined ? undefined : layers[position];
}

/**
 * Layers that need not be sent to an engine that has those in `have`. An engine looks for a layer by the chain of all
 * below it, so only an unbroken beginning may be left out, and a layer that comes again further up may not.
 */
export function superfluousLayers(layers: readonly string[], have: ReadonlySet<string>): ReadonlySet<string> {
  const first = layers.findIndex((layer) => !have.has(layer));
  const end = first < 0 ? layers.length : first;
  const needed = new Set(layers.slice(end));
  return new Set(layers.slice(0, end).filter((layer) => !needed.has(layer)));
}
