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
  /** Timeline commands that peers have not taken, unless they died a death that fails the run by itself. */
  untaken(): readonly Untaken[];
  /** Why the peers cannot be heard any more, if they cannot: Redis is gone for good, or what they said could not be judged. */
  fault(): Fault | undefined;
  /**
   * Everything that peers wrote so far has been told and journalled. Bounded, so that neither a lost Redis nor a flood can hold it up: gives
   * false when it was not all.
   */
  drain(): Promise<boolean>;
  /** Ends the hearing with a last drain; when that was not all, the session is told (`unheard`). */
  close(): Promise<void>;
}
