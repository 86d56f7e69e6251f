import type { TmEvent } from '../../model/event.ts';
import { toMicros } from './micros.ts';
import type { PeerEnd } from './peer-track.ts';

/** The end of a peer, as its event tells it. */
export function endOf(event: TmEvent & { readonly type: 'peer-died' | 'peer-exited' }): PeerEnd {
  return {
    kind: event.type === 'peer-died' ? 'died' : 'stopped',
    at: toMicros(event.atMs),
    oomKilled: event.type === 'peer-died' && event.oomKilled,
    ...(event.exitCode === undefined ? {} : { code: event.exitCode }),
  };
}
