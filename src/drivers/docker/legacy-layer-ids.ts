import { createHash } from 'node:crypto';

/**
 * Tells which layer stands in which directory of a `docker save` of an engine before 25. Their names are ids of Docker
 * 1.9: the digest of a JSON made of the layer's chain id, its parent's id, and fields that are the same for all layers
 * but the last. Those fields stand in the `json` file of each directory, so that the names can be computed from the
 * first one that comes by. A name that comes out right is a proof; where none does, nothing is claimed.
 */
export class LegacyLayerIds {
  readonly #chains: readonly string[];
  readonly #positions = new Map<string, number>();

  /** `layers`: diff ids, bottom first. */
  constructor(layers: readonly string[]) {
    this.#chains = chainIds(layers);
  }

  /** Position of the layer in this directory, from 0 at the bottom; undefined where it is not known. */
  position(directory: string): number | undefined {
    return this.#positions.get(directory);
  }

  /** Reads the `json` file of a directory. */
  learn(directory: string, json: string): void {
    if (this.#positions.has(directory)) return;
    const { id: _id, parent, os, ...fields } = parse(json);
    const ids = this.#inner(fields);
    if (ids.includes(directory)) for (const [position, id] of ids.entries()) this.#positions.set(id, position);
    // The last one alone has the image's own fields.
    const last = this.#chains.length - 1;
    const above = typeof parent === 'string' ? parent : undefined;
    if (legacyId({ ...fields, os }, this.#chains[last], above) === directory) this.#positions.set(directory, last);
  }

  /** The names of all layers but the last, bottom first. */
  #inner(fields: Fields): readonly string[] {
    const ids: string[] = [];
    for (const chain of this.#chains.slice(0, -1)) ids.push(legacyId(fields, chain, ids.at(-1)));
    return ids;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Chain id of each layer: the digest of all diff ids up to it. */
function chainIds(layers: readonly string[]): readonly string[] {
  const chains: string[] = [];
  for (const layer of layers) {
    const below = chains.at(-1);
    chains.push(below === undefined ? layer : `sha256:${sha256(`${below} ${layer}`)}`);
  }
  return chains;
}

function legacyId(fields: Fields, chain: string | undefined, parent: string | undefined): string {
  const all = { ...fields, layer_id: chain, ...(parent === undefined ? {} : { parent: `sha256:${parent}` }) };
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(goJson(Object.fromEntries(sorted)));
}

/** JSON as Go writes it: HTML's special characters, and the two that end lines in JavaScript, are escaped. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function parse(json: string): Fields {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
