import type { ImageRef } from '../model/names.ts';

/** Whether a reference names a tag that moves: `latest`, or none, which means the same. */
export function isMovingTag(ref: ImageRef): boolean {
  if (ref.includes('@')) return false;
  const colon = ref.lastIndexOf(':');
  // A colon before the last slash is that of a registry's port.
  return colon <= ref.lastIndexOf('/') || ref.slice(colon + 1) === 'latest';
}
