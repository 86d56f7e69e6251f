import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fault, TmError } from '../../src/model/fault.ts';
import { type ImageRef, imageRef } from '../../src/model/names.ts';
import type { ObservedImage } from '../../src/model/observed.ts';
import type { Courier, Images, Progress } from '../../src/ports/images.ts';

/** The control machine's engine and two hosts for the contract. */
export interface ImagesRig extends AsyncDisposable {
  readonly control: Images;
  readonly courier: Courier;
  readonly hosts: readonly [Images, Images];
  /** An image of three layers on the control engine; the hosts have none of it. */
  readonly base: ImageRef;
  /** One there that has the base's three layers and a small fourth one. */
  readonly changed: ImageRef;
  /** One there that has the base's layers and another config. */
  readonly reconfigured: ImageRef;
  /** One that a registry has, and the control engine has not. */
  readonly published: ImageRef;
  /** Has a container on the first host use an image, until the end. */
  use(ref: ImageRef): Promise<void>;
}

const nowhere = imageRef('localhost:1/nowhere:9');

/** What images do on every engine. The tests build on each other. */
export function imagesContract(name: string, makeRig: () => Promise<ImagesRig>): void {
  describe(`images of ${name}`, () => {
    const { signal } = new AbortController();
    let rig: ImagesRig;

    beforeAll(async () => {
      rig = await makeRig();
    });
    afterAll(() => rig?.[Symbol.asyncDispose]());

    const found = async (images: Images, ref: ImageRef): Promise<ObservedImage> => {
      const image = await images.find(ref, signal);
      if (image === undefined) throw new Error(`${ref} is not there`);
      return image;
    };
    const send = (ref: ImageRef, to: Images, have: readonly string[] = [], progress: Progress = () => {}) =>
      rig.courier.send(ref, to, new Set(have), progress, signal);
    const layersOf = async (images: Images) => (await images.layerChains(signal)).flat();

    test('an image tells its layers, sizes and platform', async () => {
      const image = await found(rig.control, rig.base);
      expect(image).toMatchObject({ ref: rig.base, platform: { os: 'linux' } });
      expect(image.layers).toHaveLength(3);
      expect(image.layerSizes).toHaveLength(3);
      expect(image.sizeBytes).toBe(image.layerSizes!.reduce((sum, size) => sum + size, 0));
    });

    test('one that is not there is not found', async () => {
      expect(await rig.control.find(nowhere, signal)).toBeUndefined();
      expect(await rig.hosts[0].find(rig.base, signal)).toBeUndefined();
    });

    test('other layers, or another config, are another identity', async () => {
      const all = await Promise.all([rig.base, rig.changed, rig.reconfigured].map((ref) => found(rig.control, ref)));
      expect(new Set(all.map((image) => image.identity)).size).toBe(3);
      expect(all[2]!.layers).toEqual(all[0]!.layers);
    });

    test('the chains of all images are told', async () => {
      const chains = await rig.control.layerChains(signal);
      const { layers } = await found(rig.control, rig.changed);
      expect(chains).toContainEqual(layers);
      expect(await rig.hosts[0].layerChains(signal)).not.toContainEqual(layers);
    });

    test('sent to two hosts at once it is the same image on both', async () => {
      const [one, other] = rig.hosts;
      const seen: [number, number][][] = [[], []];
      const bytes = await Promise.all(
        [one, other].map((host, at) => send(rig.base, host, [], (done, total) => seen[at]!.push([done, total]))),
      );
      const image = await found(rig.control, rig.base);
      for (const [at, host] of [one, other].entries()) {
        expect(await found(host, rig.base)).toEqual(image);
        expect(await host.layerChains(signal)).toContainEqual(image.layers);
        expect(bytes[at]).toBeGreaterThanOrEqual(image.sizeBytes);
        const done = seen[at]!.map(([sent]) => sent);
        expect(done).toEqual([...done].sort((a, b) => a - b));
        expect(seen[at]!.at(-1)).toEqual([bytes[at], bytes[at]]);
        expect(seen[at]!.slice(0, -1).every(([sent, total]) => sent < total)).toBe(true);
      }
    });

    test('only the layers that a host lacks are sent', async () => {
      const host = rig.hosts[0];
      const image = await found(rig.control, rig.changed);
      const bytes = await send(rig.changed, host, await layersOf(host));
      expect((await found(host, rig.changed)).identity).toBe(image.identity);
      expect(bytes).toBeGreaterThanOrEqual(image.layerSizes![3]!);
      expect(bytes).toBeLessThan(image.sizeBytes / 10);
    });

    test('where nothing but the config is new, no layer is sent', async () => {
      const host = rig.hosts[0];
      const image = await found(rig.control, rig.reconfigured);
      const bytes = await send(rig.reconfigured, host, await layersOf(host));
      expect((await found(host, rig.reconfigured)).identity).toBe(image.identity);
      expect(bytes).toBeLessThan(image.sizeBytes / 10);
    });

    test('a host that lacks what it was said to have gets all of it', async () => {
      const host = rig.hosts[1];
      await host.remove(rig.base, signal);
      const image = await found(rig.control, rig.changed);
      const bytes = await send(rig.changed, host, image.layers.slice(0, 3));
      expect((await found(host, rig.changed)).identity).toBe(image.identity);
      expect(bytes).toBeGreaterThanOrEqual(image.sizeBytes);
    });

    test('one send that is stopped does not stop the other', async () => {
      const [one, other] = rig.hosts;
      await Promise.all([one.remove(rig.reconfigured, signal), other.remove(rig.changed, signal)]);
      const stop = new AbortController();
      const reason = new Error('stopped by a person');
      const stopped = rig.courier.send(rig.changed, other, new Set(), () => stop.abort(reason), stop.signal);
      const sameImage = send(rig.changed, one);
      const otherImage = send(rig.reconfigured, one);
      const results = await Promise.allSettled([stopped, sameImage, otherImage]);
      expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
      expect((results[0] as PromiseRejectedResult).reason).toBe(reason);
      expect(await other.find(rig.changed, signal)).toBeUndefined();
      expect(await found(one, rig.changed)).toMatchObject({ ref: rig.changed });
    });

    test('what is not on the control engine cannot be sent', async () => {
      expect(await faultOf(send(nowhere, rig.hosts[0]))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(nowhere),
      });
    });

    test('a removed tag is gone; removing it again does nothing', async () => {
      const host = rig.hosts[0];
      await host.remove(rig.reconfigured, signal);
      await host.remove(rig.reconfigured, signal);
      expect(await host.find(rig.reconfigured, signal)).toBeUndefined();
      expect(await host.find(rig.base, signal)).toBeDefined();
    });

    test('an image that a container uses stays', async () => {
      const host = rig.hosts[0];
      await rig.use(rig.changed);
      expect(await faultOf(host.remove(rig.changed, signal))).toMatchObject({ kind: 'failed' });
      expect(await host.find(rig.changed, signal)).toBeDefined();
    });

    test('an image is pulled from its registry, with progress', async () => {
      const seen: [number, number][] = [];
      await rig.control.pull(rig.published, (done, total) => seen.push([done, total]), signal);
      expect(await found(rig.control, rig.published)).toMatchObject({ ref: rig.published });
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.every(([done, total]) => done <= total)).toBe(true);
    });

    test('what no registry has cannot be pulled', async () => {
      expect(await faultOf(rig.control.pull(nowhere, () => {}, signal))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(nowhere),
      });
    });

    test('a signal that has come already ends every call', async () => {
      const reason = new Error('stopped by a person');
      const gone = AbortSignal.abort(reason);
      const { control, courier, hosts, base } = rig;
      const calls = [
        () => control.find(base, gone),
        () => control.layerChains(gone),
        () => control.pull(base, () => {}, gone),
        () => control.remove(base, gone),
        () => courier.send(base, hosts[0], new Set(), () => {}, gone),
      ];
      for (const call of calls) await expect(call()).rejects.toBe(reason);
      expect(await control.find(base, signal)).toBeDefined();
    });
  });
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TmError) return error.fault;
  throw new Error(`expected a TmError, got ${error}`);
}
