import type { ImageRef } from '../model/names.ts';
import type { Platform } from '../model/observed.ts';
import type { ImageSource } from './image-source.ts';
import type { Seen } from './machines.ts';

/** What a container on a machine should be made from: an identity, content that is not known yet, or nothing to compare with. */
export type ImageStandard =
  | { readonly kind: 'identity'; readonly identity: string }
  | { readonly kind: 'pulled' }
  | { readonly kind: 'none' };

/**
 * The content that containers of an image should have on this machine: the control machine's, or the machine's own where that is made for
 * another platform or is not there.
 */
export function imageStandard(source: ImageSource, ref: ImageRef, seen: Seen): ImageStandard {
  if (source.kind === 'pulled' || seen.kind === 'unasked') return { kind: 'pulled' };
  const there = seen.images.get(ref);
  if (source.kind === 'here' && (there === undefined || samePlatform(source.image.platform, seen.platform))) {
    return { kind: 'identity', identity: source.image.identity };
  }
  if (there !== undefined) return { kind: 'identity', identity: there.identity };
  return source.kind === 'pulled-by-hosts' ? { kind: 'pulled' } : { kind: 'none' };
}

/** Whether what is made for one platform is meant for the other. */
export function samePlatform(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture;
}
