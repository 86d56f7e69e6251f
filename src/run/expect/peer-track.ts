import type { PeerName } from '../../model/names.ts';
import { LogRing } from './log-ring.ts';

/** Something seen of a peer. `at` in microseconds of the run. */
export interface Sight {
  readonly kind: 'status' | 'log' | 'exit';
  readonly text: string;
  /** Of a status: the text with the secrets that are left out of it, for matching and never for telling. */
  readonly said?: string;
  readonly at: number;
}

/** The end of a peer, which is final: a restart is none. */
export interface PeerEnd {
  readonly kind: 'died' | 'stopped';
  readonly at: number;
  /** Missing where the engine did not tell. */
  readonly code?: number;
  /** It was killed because its memory was used up. */
  readonly oomKilled: boolean;
}

/** What was heard of one peer so far, as far as a judgement needs it. */
export class PeerTrack {
  readonly peer: PeerName;
  readonly logs: LogRing;
  /** Its last status, which stands until its end. */
  status: Sight | undefined;
  /** Its last status holds: it has neither ended nor been started again since. */
  stands = false;
  /** The one before it. */
  statusBefore: Sight | undefined;
  end: PeerEnd | undefined;
  /** Statuses that went by unread. */
  missed = 0;
  /** Its host cannot be heard any more: which one, and since when. */
  lostHost: { readonly host: string; readonly at: number } | undefined;

  constructor(peer: PeerName, keptLines: number) {
    this.peer = peer;
    this.logs = new LogRing(keptLines);
  }

  report(status: Sight): void {
    this.statusBefore = this.status;
    this.status = status;
    this.stands = true;
  }

  /** The status that holds now. */
  standing(): Sight | undefined {
    return this.end === undefined && this.stands ? this.status : undefined;
  }
}
