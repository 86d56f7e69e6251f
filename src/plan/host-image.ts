import type { HostName, ImageRef } from '../model/names.ts';
import type { ObservedImage } from '../model/observed.ts';
import type { Action, Change, StepId } from '../model/plan.ts';
import type { ImageSource } from './image-source.ts';
import { samePlatform } from './image-standard.ts';
import type { Seen } from './machines.ts';
import { type Draft, stepId } from './order.ts';
import { transferOf } from './transfer.ts';

/** The line for a person, and the step, where there are any. */
export interface ImageOutcome {
  readonly change?: Change;
  readonly draft?: Draft;
}

/** Layers that an engine has, or will have `after` a step of this plan. */
export interface Chain {
  readonly layers: readonly string[];
  readonly after?: StepId;
}

export interface HostImageInput {
  readonly ref: ImageRef;
  readonly on: HostName;
  readonly seen: Seen;
  readonly source: ImageSource;
  /** The step that changes, or may change, what the control machine has. */
  readonly pull: StepId | undefined;
  /** Grows by what is sent. */
  readonly chains: Chain[];
}

/** What to do about an image on a machine that needs it and is not the control machine. */
export function imageOnHost(input: HostImageInput): ImageOutcome {
  const { ref, on, seen, source, pull } = input;
  const there = seen.kind === 'known' ? seen.images.get(ref) : undefined;
  if (source.kind === 'elsewhere') return there === undefined ? {} : { change: imageLine(on, ref, 'keep', 'there') };
  if (source.kind === 'pulled-by-hosts') {
    if (there !== undefined) return { change: imageLine(on, ref, 'keep', 'there') };
    const because =
      seen.kind === 'unasked' ? seen.because : 'not there; this machine has no engine, so the host pulls it';
    return {
      change: imageLine(on, ref, 'add', because),
      draft: { action: { kind: 'image.pull', on, ref, refresh: false }, because },
    };
  }
  if (seen.kind === 'unasked') {
    return { change: imageLine(on, ref, 'add', seen.because), draft: blindSend(on, ref, [], seen.because, pull) };
  }
  if (source.kind === 'pulled') {
    if (there === undefined) {
      const because = 'not there; to be pulled first';
      return { change: imageLine(on, ref, 'add', because), draft: blindSend(on, ref, [], because, pull) };
    }
    const because = 'there; compared again when it is pulled';
    return { change: imageLine(on, ref, 'keep', because), draft: blindSend(on, ref, there.layers, because, pull) };
  }
  const ours = source.image;
  if (!samePlatform(ours.platform, seen.platform)) {
    return { change: otherPlatform(on, ref, ours, there, seen.platform) };
  }
  if (there?.identity === ours.identity) {
    const change = imageLine(on, ref, 'keep', 'there');
    return pull === undefined
      ? { change }
      : { change, draft: blindSend(on, ref, there.layers, 'the pull may bring another', pull) };
  }
  return send(input, ours, there === undefined ? ['add', 'not there'] : ['update', 'another image under this name']);
}

/** The platforms differ: the host may hold a build of its own, which then is the right one; else nothing here would run there. */
function otherPlatform(
  on: HostName,
  ref: ImageRef,
  ours: ObservedImage,
  there: ObservedImage | undefined,
  host: ObservedImage['platform'],
): Change {
  if (there !== undefined && samePlatform(there.platform, host)) {
    return imageLine(
      on,
      ref,
      'keep',
      `there for ${host.architecture}; this machine's is for ${ours.platform.architecture}`,
    );
  }
  const name = (platform: ObservedImage['platform']) =>
    ours.platform.os === host.os ? platform.architecture : `${platform.os}/${platform.architecture}`;
  return imageLine(
    on,
    ref,
    'conflict',
    `is for ${name(ours.platform)}, ${on} is ${name(host)}: build or pull it there`,
  );
}

function send(
  { ref, on, pull, chains }: HostImageInput,
  ours: ObservedImage,
  [kind, because]: ['add' | 'update', string],
): ImageOutcome {
  const { transfer, have, chain } = transferOf(
    ours,
    chains.map(({ layers }) => layers),
  );
  const action: Action = {
    kind: 'image.send',
    on,
    ref,
    have,
    bytes: transfer.bytes,
    ...(pull === undefined ? {} : { pulledFirst: true as const }),
  };
  const sparedBy = chain === undefined ? undefined : chains[chain]?.after;
  // What this send brings, a later one need not: images of one base send it once. What a pull may still change is not counted on.
  if (pull === undefined) chains.push({ layers: ours.layers, after: stepId(action) });
  const after = [pull, sparedBy].filter((id) => id !== undefined);
  return { change: { ...imageLine(on, ref, kind, because), transfer }, draft: { action, because, after } };
}

/** A send whose content nobody knows before the pull; the layers named are a guess that is made again then. */
function blindSend(
  on: HostName,
  ref: ImageRef,
  layers: readonly string[],
  because: string,
  pull: StepId | undefined,
): Draft {
  return {
    action: { kind: 'image.send', on, ref, have: [...new Set(layers)], bytes: 0, pulledFirst: true },
    because,
    after: pull === undefined ? [] : [pull],
  };
}

/** A line of the plan about an image. */
export function imageLine(on: HostName | 'control', ref: ImageRef, kind: Change['kind'], because: string): Change {
  return { kind, on, resource: { kind: 'image', ref }, because, forcedBy: [] };
}
