import type { ObservedImage } from '../../model/observed.ts';
import type { Progress } from '../../ports/images.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineError } from './engine-error.ts';
import { idleLimit } from './idle-limit.ts';
import { imagePath } from './image-name.ts';
import { ImageUpload } from './image-upload.ts';
import type { DockerImages } from './images.ts';
import { layerPieces, superfluousLayers } from './layer-filter.ts';
import { tarPieces } from './tar-pieces.ts';
import { WirePacker } from './wire-packer.ts';

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
}

/** What is the same for all recipients that lack the same layers: it is packed once. */
interface Shipment {
  readonly superfluous: ReadonlySet<string>;
  readonly expectedBytes: number;
  readonly packer: WirePacker;
  readonly parcels: readonly Parcel[];
  /** Of layers that were left out. */
  omittedBytes: number;
}

/**
 * Exports an image once and streams it to several engines at the pace of the slowest, to each without what it has. One that
 * fails is left behind. Gives, in the order of `recipients`, the bytes sent to each (before packing), or why not.
 */
export async function deliverImage(
  from: EngineApi,
  image: ObservedImage,
  recipients: readonly Recipient[],
): Promise<readonly PromiseSettledResult<number>[]> {
  const shipments = shipmentsFor(image, recipients);
  const [transmission] = await Promise.allSettled([transmit(from, image, shipments)]);
  const outcome = new Map<Recipient, PromiseSettledResult<number>>();
  const all = shipments.flatMap((shipment) => shipment.parcels.map((parcel) => ({ parcel, shipment })));
  for (const { parcel } of all) {
    if (transmission.status === 'fulfilled') parcel.upload.end();
    else parcel.upload.stop(transmission.reason);
  }
  const results = await Promise.allSettled(all.map(({ parcel, shipment }) => arrived(parcel, shipment)));
  for (const [at, { parcel }] of all.entries()) outcome.set(parcel.recipient, results[at]!);
  await sendWholeWhereRefused(from, image, shipments, outcome);
  return recipients.map((recipient) => outcome.get(recipient)!);
}

function shipmentsFor(image: ObservedImage, recipients: readonly Recipient[]): readonly Shipment[] {
  const groups = new Map<string, { readonly superfluous: ReadonlySet<string>; readonly members: Recipient[] }>();
  for (const recipient of recipients) {
    const superfluous = superfluousLayers(image.layers, recipient.have);
    const key = [...superfluous].join();
    const group = groups.get(key) ?? { superfluous, members: [] };
    groups.set(key, group);
    group.members.push(recipient);
  }
  return [...groups.values()].map(({ superfluous, members }) => {
    const parcels = members.map((recipient) => ({
      recipient,
      upload: new ImageUpload(recipient.to.api, recipient.signal),
    }));
    const packer = new WirePacker(parcels.map(({ upload }) => upload));
    return { superfluous, expectedBytes: bytesOf(image, superfluous), packer, parcels, omittedBytes: 0 };
  });
}

/** Exports the image into the packers, and waits until they have passed everything on. */
async function transmit(from: EngineApi, image: ObservedImage, shipments: readonly Shipment[]): Promise<void> {
  const stopped = new AbortController();
  const request = { method: 'GET', path: `/images/${imagePath(image.ref)}/get`, timeoutMs: EXPORT_MS } as const;
  const exported = await from.stream(request, stopped.signal);
  try {
    const chunks = idleLimit<Buffer>(exported, EXPORT_MS, `exporting ${image.ref}`);
    for await (const { piece, layer } of layerPieces(tarPieces(chunks), image.layers)) {
      const open = shipments.filter(({ packer }) => !packer.isOver);
      if (open.length === 0) break;
      await Promise.all(open.map((shipment) => put(shipment, piece.bytes, layer)));
    }
  } finally {
    stopped.abort();
  }
  await Promise.all(shipments.map(({ packer }) => packer.end()));
}

async function put(shipment: Shipment, bytes: Buffer, layer: string | undefined): Promise<void> {
  if (layer !== undefined && shipment.superfluous.has(layer)) {
    shipment.omittedBytes += bytes.length;
    return;
  }
  const { packer, expectedBytes, parcels } = shipment;
  await packer.write(bytes);
  // Never complete before the engine says so: what is expected is only an estimate, and a load takes its time.
  const done = Math.min(packer.packed, expectedBytes - 1);
  for (const { upload, recipient } of parcels) if (!upload.isOver) recipient.progress(done, expectedBytes);
}

async function arrived({ recipient, upload }: Parcel, { packer: { packed } }: Shipment): Promise<number> {
  await upload.loaded;
  recipient.progress(packed, packed);
  return packed;
}

/** An engine that misses a layer after all leaves nothing behind, and gets everything. */
async function sendWholeWhereRefused(
  from: EngineApi,
  image: ObservedImage,
  shipments: readonly Shipment[],
  outcome: Map<Recipient, PromiseSettledResult<number>>,
): Promise<void> {
  const again: Recipient[] = [];
  for (const { parcels, omittedBytes } of shipments) {
    for (const { recipient } of parcels) {
      const result = outcome.get(recipient);
      const isRefused = result?.status === 'rejected' && result.reason instanceof EngineError;
      if (isRefused && omittedBytes > 0) again.push(recipient);
    }
  }
  if (again.length === 0) return;
  const results = await deliverImage(
    from,
    image,
    again.map((recipient) => ({ ...recipient, have: new Set<string>() })),
  );
  for (const [at, recipient] of again.entries()) outcome.set(recipient, results[at]!);
}

function bytesOf({ layers, layerSizes, sizeBytes }: ObservedImage, superfluous: ReadonlySet<string>): number {
  const average = sizeBytes / Math.max(1, layers.length);
  const sizes = layers.map((layer, at) => (superfluous.has(layer) ? 0 : (layerSizes?.[at] ?? average)));
  // Headers, names and the config: not much, but more than nothing.
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 8192 * (1 + layers.length)));
}
