import type { Fault } from '../../model/fault.ts';
import type { PeerName } from '../../model/names.ts';

/** Why a message is sent. */
export type Origin =
  /** `zero`: the clock's time at which the timeline began. */
  | { readonly kind: 'timeline'; readonly index: number; readonly dueMs: number; readonly zero: number }
  | { readonly kind: 'bootstrap' | 'shutdown' }
  /** `by`: `user@machine`; `request`: the asker's own name for it. */
  | { readonly kind: 'hand'; readonly by: string; readonly request: string };

/** A message that lies in a peer's queue. */
export interface Untaken {
  readonly peer: PeerName;
  readonly command: string;
}

/** The ears and the voice of a run: statuses, logs and receipts from Redis, ends of containers from the engines, commands to peers. */
export interface Monitoring {
  /** Appends to the peer's queue and journals it; gives the clock's time at which it went out. Sends of one turn keep their order. Throws `unreachable`. */
  send(peer: PeerName, command: string, origin: Origin): Promise<number>;
  /** Timeline commands that peers have not taken, unless they died. */
  untaken(): readonly Untaken[];
  /** Why Redis is gone for good, if it is. */
  fault(): Fault | undefined;
  /** Everything that peers wrote so far has been told and journalled; bounded, so that a lost Redis cannot hold it up. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
