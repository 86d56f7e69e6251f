import type { DesiredImage } from '../model/desired.ts';
import type { HostName, ImageRef } from '../model/names.ts';
import type { Change, StepId } from '../model/plan.ts';
import { type Chain, type ImageOutcome, imageLine, imageOnHost } from './host-image.ts';
import { type ImageSource, needing } from './image-source.ts';
import type { Machine, Seen } from './machines.ts';
import { isMovingTag } from './moving-tag.ts';
import { type Draft, stepId } from './order.ts';

export interface ImagesInput {
  /** By code point. */
  readonly images: readonly DesiredImage[];
  readonly sources: ReadonlyMap<ImageRef, ImageSource>;
  readonly machines: readonly Machine[];
  /** Images of containers that this plan makes, the managed Redis among them. */
  readonly made: ReadonlySet<ImageRef>;
  /** Images of containers that stay. */
  readonly kept: ReadonlySet<ImageRef>;
}

export interface ImagesDecision {
  readonly changes: readonly Change[];
  readonly drafts: readonly Draft[];
  /** The step that brings an image to a host entry's machine, where one does. */
  readonly arrivals: ReadonlyMap<HostName | 'control', ReadonlyMap<ImageRef, StepId>>;
}

/** What to do about the images: the control machine fetches what is missing, and sends every host what it lacks or has otherwise. */
export function diffImages(input: ImagesInput): ImagesDecision {
  const out = { changes: [] as Change[], drafts: [] as Draft[] };
  const arrivals = new Map<HostName | 'control', Map<ImageRef, StepId>>();
  const arrive = (at: HostName | 'control', ref: ImageRef, id: StepId) =>
    arrivals.set(at, (arrivals.get(at) ?? new Map()).set(ref, id));
  const chains = new Map<Machine, Chain[]>(input.machines.map((machine) => [machine, chainsOf(machine.seen)]));
  for (const desired of input.images) {
    const { ref } = desired;
    const source = input.sources.get(ref) ?? { kind: 'elsewhere' };
    const here = onControl(desired, source, input);
    if (here.change !== undefined) out.changes.push(here.change);
    if (here.draft !== undefined) out.drafts.push(here.draft);
    const pull = here.draft === undefined ? undefined : stepId(here.draft.action);
    if (pull !== undefined) arrive('control', ref, pull);
    for (const { machine, on, seen } of needing(desired, input.machines)) {
      const shared = seen.kind === 'known' && seen.isControl;
      const there = shared ? {} : imageOnHost({ ref, on, seen, source, pull, chains: chains.get(machine) ?? [] });
      if (there.change !== undefined) out.changes.push(there.change);
      if (there.draft !== undefined) out.drafts.push(there.draft);
      const arrival = shared ? pull : there.draft && stepId(there.draft.action);
      if (arrival !== undefined) for (const entry of machine.entries) arrive(entry, ref, arrival);
    }
  }
  return { ...out, arrivals };
}

const chainsOf = (seen: Seen): Chain[] => (seen.kind === 'known' ? seen.layerChains.map((layers) => ({ layers })) : []);

function onControl(desired: DesiredImage, source: ImageSource, input: ImagesInput): ImageOutcome {
  const { ref } = desired;
  const pull = (refresh: boolean, because: string): Draft => ({
    action: { kind: 'image.pull', on: 'control', ref, refresh },
    because,
  });
  switch (source.kind) {
    case 'pulled':
      return { change: imageLine('control', ref, 'add', source.because), draft: pull(false, source.because) };
    case 'here': {
      if (!refreshes(desired, input)) return { change: imageLine('control', ref, 'keep', 'here') };
      const because = 'here; asked for again, since its tag moves';
      return { change: imageLine('control', ref, 'keep', because), draft: pull(true, because) };
    }
    case 'elsewhere':
    case 'pulled-by-hosts':
      return {};
  }
}

/** A moving tag is asked for again before anything is made from it, but a run that goes on keeps the image that it began with. */
function refreshes({ ref, hosts, onControl }: DesiredImage, { made, kept }: ImagesInput): boolean {
  const onlyListed = hosts.length === 0 && !onControl;
  return isMovingTag(ref) && !kept.has(ref) && (onlyListed || made.has(ref));
}
