import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { warning } from './faults.ts';
import type { TestConfig } from './test-config.generated.ts';

/** Warns of listed images that nothing runs, and of a Redis image that is not used. */
export function* checkImages(draft: Draft<TestConfig>, { locate }: Context): Generator<ConfigFault> {
  const { redis } = draft;
  if (redis?.runtime === 'process' && redis.image !== undefined) {
    const at = locate(['redis', 'image'], 'key');
    yield warning(at, 'unused-key', '`image` does nothing: Redis runs as a process', 'remove it');
  }
  // An image that cannot be read may be the listed one.
  if (draft.peers === undefined || draft.peers?.some((peer) => peer === undefined)) return;
  const used = new Set((draft.peers ?? []).flatMap((peer) => peer?.image ?? []).map(fullName));
  if (redis?.image !== undefined) used.add(fullName(redis.image));
  for (const [index, image] of (draft.images ?? []).entries()) {
    if (image === undefined || used.has(fullName(image))) continue;
    yield warning(
      locate(['images', index]),
      'unused-image',
      `nothing runs ${image}`,
      'remove it, unless peers start it themselves',
    );
  }
}

/** A reference as engines complete it: `redis` is `docker.io/library/redis:latest`. */
function fullName(image: string): string {
  const [name = '', digest] = image.split('@');
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const path = hasRegistry ? name : `docker.io/${slash < 0 ? 'library/' : ''}${name}`;
  if (digest !== undefined) return `${path}@${digest}`;
  return /:[^/]+$/.test(path) ? path : `${path}:latest`;
}
