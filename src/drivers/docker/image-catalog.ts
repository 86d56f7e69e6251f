import type { EngineApi } from './engine-api.ts';
import { isStatus } from './engine-error.ts';
import { type ImageInspection, imageIdentity, inspectImage } from './image-inspection.ts';
import { layerSizes } from './layer-sizes.ts';

/** What an image id stands for; it never changes. */
export interface CatalogEntry {
  readonly identity: string;
  readonly layers: readonly string[];
}

/** What is known of the images of one engine, by id: each is asked for once in the life of a connection. */
export class ImageCatalog {
  readonly #api: EngineApi;
  readonly #entries = new Map<string, CatalogEntry>();
  readonly #sizes = new Map<string, readonly number[] | undefined>();

  constructor(api: EngineApi) {
    this.#api = api;
  }

  /** By image id; undefined where it is gone. */
  async entry(id: string, signal: AbortSignal): Promise<CatalogEntry | undefined> {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const inspection = await inspectImage(this.#api, id, signal);
    return inspection === undefined ? undefined : this.learn(inspection);
  }

  /** The entry of an image that has just been inspected. */
  learn(inspection: ImageInspection): CatalogEntry {
    const known = this.#entries.get(inspection.Id);
    if (known !== undefined) return known;
    const entry = { identity: imageIdentity(inspection), layers: inspection.RootFS.Layers ?? [] };
    this.#entries.set(inspection.Id, entry);
    return entry;
  }

  /** Bytes of each layer, bottom first, where the image's history tells them. */
  async sizes(id: string, layers: number, signal: AbortSignal): Promise<readonly number[] | undefined> {
    if (this.#sizes.has(id)) return this.#sizes.get(id);
    try {
      const history = await this.#api.json<{ Size: number }[]>(
        { method: 'GET', path: `/images/${id}/history` },
        signal,
      );
      const sizes = layerSizes(history.map((step) => step.Size).reverse(), layers);
      this.#sizes.set(id, sizes);
      return sizes;
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }
}
