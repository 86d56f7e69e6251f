import type { DesiredImage } from '../model/desired.ts';
import type { HostName, ImageRef } from '../model/names.ts';
import type { ObservedControl, ObservedImage } from '../model/observed.ts';
import { type Machine, NOT_ASKED, type Seen } from './machines.ts';

/** Where the content of an image comes from in this plan. */
export type ImageSource =
  /** The control machine has it. */
  | { readonly kind: 'here'; readonly image: ObservedImage }
  /** The control machine fetches it first; until then nobody knows what is in it. */
  | { readonly kind: 'pulled'; readonly because: string }
  /** The control machine's engine cannot be asked, so each host that lacks it fetches it. */
  | { readonly kind: 'pulled-by-hosts' }
  /** The control machine lacks it and nobody needs it from there. */
  | { readonly kind: 'elsewhere' };

export interface ImageContext {
  readonly control: ObservedControl;
  readonly machines: readonly Machine[];
  /** References that `images:` lists, which are fetched even where no host lacks them. */
  readonly listed: ReadonlySet<ImageRef>;
  readonly redisStarts: boolean;
}

/** Decides where an image comes from. The control machine is the source of truth for what is in it, wherever its engine can be asked. */
export function imageSource(desired: DesiredImage, context: ImageContext): ImageSource {
  const { control } = context;
  if (control.kind === 'unreachable') return { kind: 'pulled-by-hosts' };
  if (control.kind === 'unknown') return { kind: 'pulled', because: NOT_ASKED };
  const image = control.images.find((one) => one.ref === desired.ref);
  if (image !== undefined) return { kind: 'here', image };
  const wanted =
    context.listed.has(desired.ref) ||
    (desired.onControl && context.redisStarts) ||
    needing(desired, context.machines).some(({ seen }) => !holds(seen, desired.ref));
  return wanted ? { kind: 'pulled', because: 'not here' } : { kind: 'elsewhere' };
}

/** The machines that need an image, each with its first entry that does. */
export function needing(
  desired: DesiredImage,
  machines: readonly Machine[],
): readonly { readonly machine: Machine; readonly on: HostName; readonly seen: Seen }[] {
  return machines.flatMap((machine) => {
    const on = machine.entries.find((entry) => desired.hosts.includes(entry));
    return on === undefined ? [] : [{ machine, on, seen: machine.seen }];
  });
}

const holds = (seen: Seen, ref: ImageRef): boolean => seen.kind === 'known' && seen.images.has(ref);
