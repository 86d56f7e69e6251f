import type { ImageRef } from '../../model/names.ts';
import type { ObservedImage } from '../../model/observed.ts';
import type { Images, Progress } from '../../ports/images.ts';
import type { Engine } from './engine.ts';
import type { EngineApi } from './engine-api.ts';
import { explainEngineError, isStatus } from './engine-error.ts';
import type { ImageCatalog } from './image-catalog.ts';
import { inspectImage } from './image-inspection.ts';
import { imagePath } from './image-name.ts';
import { pullImage } from './image-pull.ts';
import type { RegistryLogins } from './registry-logins.ts';

/** The images of one engine. */
export class DockerImages implements Images {
  readonly api: EngineApi;
  readonly #catalog: ImageCatalog;
  readonly #logins: RegistryLogins;
  readonly #hasContainerdImages: boolean;

  constructor(engine: Engine, catalog: ImageCatalog, logins: RegistryLogins) {
    this.api = engine.api;
    this.#catalog = catalog;
    this.#logins = logins;
    this.#hasContainerdImages = engine.hasContainerdImages;
  }

  async find(ref: ImageRef, signal: AbortSignal): Promise<ObservedImage | undefined> {
    return this.#explained(`could not look for the image ${ref}`, async () => {
      const inspection = await inspectImage(this.api, ref, signal);
      if (inspection === undefined) return undefined;
      const { Id, Size, Os, Architecture } = inspection;
      const { identity, layers } = this.#catalog.learn(inspection);
      const layerSizes = await this.#catalog.sizes(Id, layers.length, signal);
      return {
        ...{ ref, identity, layers, sizeBytes: Size },
        ...(layerSizes === undefined ? {} : { layerSizes }),
        platform: { os: Os, architecture: Architecture },
      };
    });
  }

  async layerChains(signal: AbortSignal): Promise<readonly (readonly string[])[]> {
    // containerd takes only whole images.
    if (this.#hasContainerdImages) return [];
    return this.#explained('could not list the images', async () => {
      const images = await this.api.json<{ Id: string }[]>({ method: 'GET', path: '/images/json' }, signal);
      const entries = await Promise.all(images.map(({ Id }) => this.#catalog.entry(Id, signal)));
      return entries.filter((entry) => entry !== undefined).map((entry) => entry.layers);
    });
  }

  async pull(ref: ImageRef, progress: Progress, signal: AbortSignal): Promise<void> {
    await this.#explained(`could not pull the image ${ref}`, async () => {
      await pullImage(this.api, ref, await this.#logins.headerFor(ref, signal), progress, signal);
    });
  }

  async remove(ref: ImageRef, signal: AbortSignal): Promise<void> {
    await this.#explained(`could not remove the image ${ref}`, async () => {
      try {
        await this.api.json<unknown>({ method: 'DELETE', path: `/images/${imagePath(ref)}`, repeatable: true }, signal);
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    });
  }

  async #explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainEngineError(error, doing, this.api.transport);
    }
  }
}
