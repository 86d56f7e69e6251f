import type { ObservedImage } from '../../model/observed.ts';
import type { Progress } from '../../ports/images.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineError } from './engine-error.ts';
import { idleLimit } from './idle-limit.ts';
import { ImageUpload } from './image-upload.ts';
import type { DockerImages } from './images.ts';
import { layerPieces, superfluousLayers } from './layer-filter.ts';
import { tarPieces } from './tar-pieces.ts';

/** An engine writes the whole image to its disk before it exports the first byte. */
const EXPORT_MS = 15 * 60_000;

/** One engine that an image goes to. */
export interface Recipient {
  readonly to: DockerImages;
  /** Layers that it has already, by diff id. */
  readonly have: ReadonlySet<string>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Parcel {
  readonly recipient: Recipient;
  readonly upload: ImageUpload;
  readonly superfluous: ReadonlySet<string>;
  readonly expectedBytes: number;
  leftOut: number;
}

/**
 * Exports an image once and streams it to several engines at the pace of the slowest, to each without what it has. One that
 * fails is left behind. Gives, in the order of `recipients`, the bytes sent to each, or why not.
 */
export async function deliverImage(
  from: EngineApi,
  image: ObservedImage,
  recipients: readonly Recipient[],
): Promise<readonly PromiseSettledResult<number>[]> {
  const parcels = recipients.map((recipient) => pack(image, recipient));
  const failure = await transmit(from, image, parcels).then(
    () => undefined,
    (error: unknown) => error,
  );
  for (const { upload } of parcels) {
    if (failure === undefined) upload.end();
    else upload.stop(failure);
  }
  const results = await Promise.allSettled(parcels.map((parcel) => arrived(parcel)));
  return sendWholeWhereRefused(from, image, parcels, results);
}

function pack(image: ObservedImage, recipient: Recipient): Parcel {
  const superfluous = superfluousLayers(image.layers, recipient.have);
  const upload = new ImageUpload(recipient.to.api, recipient.signal);
  return { recipient, upload, superfluous, expectedBytes: bytesOf(image, superfluous), leftOut: 0 };
}

async function transmit(from: EngineApi, image: ObservedImage, parcels: readonly Parcel[]): Promise<void> {
  const stopped = new AbortController();
  const request = { method: 'GET', path: `/images/${image.ref}/get`, timeoutMs: EXPORT_MS } as const;
  const exported = await from.stream(request, stopped.signal);
  try {
    const chunks = idleLimit<Buffer>(exported, EXPORT_MS, `exporting ${image.ref}`);
    for await (const { piece, layer } of layerPieces(tarPieces(chunks), image.layers)) {
      const open = parcels.filter(({ upload }) => !upload.isOver);
      if (open.length === 0) return;
      await Promise.all(open.map((parcel) => put(parcel, piece.bytes, layer)));
    }
  } finally {
    stopped.abort();
  }
}

async function put(parcel: Parcel, bytes: Buffer, layer: string | undefined): Promise<void> {
  if (layer !== undefined && parcel.superfluous.has(layer)) {
    parcel.leftOut += bytes.length;
    return;
  }
  await parcel.upload.write(bytes);
  // Never complete before the engine says so: what is expected is only an estimate, and a load takes its time.
  parcel.recipient.progress(Math.min(parcel.upload.sent, parcel.expectedBytes - 1), parcel.expectedBytes);
}

async function arrived({ upload, recipient }: Parcel): Promise<number> {
  await upload.loaded;
  recipient.progress(upload.sent, upload.sent);
  return upload.sent;
}

/** An engine that misses a layer after all leaves nothing behind, and gets everything. */
async function sendWholeWhereRefused(
  from: EngineApi,
  image: ObservedImage,
  parcels: readonly Parcel[],
  results: readonly PromiseSettledResult<number>[],
): Promise<readonly PromiseSettledResult<number>[]> {
  const isRefused = (index: number): boolean => {
    const result = results[index];
    return result?.status === 'rejected' && result.reason instanceof EngineError && parcels[index]!.leftOut > 0;
  };
  const again = parcels.filter((_parcel, index) => isRefused(index));
  if (again.length === 0) return results;
  const whole = again.map(({ recipient }) => ({ ...recipient, have: new Set<string>() }));
  const second = [...(await deliverImage(from, image, whole))];
  return results.map((result, index) => (isRefused(index) ? second.shift()! : result));
}

function bytesOf({ layers, layerSizes, sizeBytes }: ObservedImage, superfluous: ReadonlySet<string>): number {
  const average = sizeBytes / Math.max(1, layers.length);
  const sizes = layers.map((layer, at) => (superfluous.has(layer) ? 0 : (layerSizes?.[at] ?? average)));
  // Headers, names and the config: not much, but more than nothing.
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 8192 * (1 + layers.length)));
}
