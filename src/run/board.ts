import type { DesiredPeer } from '../model/desired.ts';
import type { HostName, PeerName } from '../model/names.ts';
import type { Status } from '../model/wire.ts';
import { parseStatus } from '../model/wire.ts';
import type { Clock } from '../ports/clock.ts';

/** What a run knows of one peer. */
export interface PeerState {
  readonly peer: PeerName;
  readonly host: HostName;
  /** The engine's id of its container, once it runs. */
  containerId?: string;
  status?: Status;
  /** It has reported any status at all, so it has started or is past it. */
  started: boolean;
  /** The address behind `started|`. */
  multiaddr?: string;
  /** `ended`: after `stopped`; `died`: without it. */
  life: 'alive' | 'ended' | 'died';
  /** Seconds of the last `restart|…` sent to it. */
  restartSeconds?: number;
}

export type WaitOutcome = 'met' | 'timeout' | 'stopped';

/** The peers of a run, and those who wait for something to become true of them. */
export class Board {
  readonly peers: ReadonlyMap<PeerName, PeerState>;
  readonly #waiting = new Set<() => void>();

  constructor(peers: readonly DesiredPeer[]) {
    this.peers = new Map(
      peers.map(({ peer, host }) => [peer, { peer, host, started: false, life: 'alive' } satisfies PeerState]),
    );
  }

  all(): readonly PeerState[] {
    return [...this.peers.values()];
  }

  placed(peer: PeerName, containerId: string): void {
    this.#change(peer, (state) => {
      state.containerId = containerId;
    });
  }

  reported(peer: PeerName, text: string): void {
    const status = parseStatus(text);
    this.#change(peer, (state) => {
      state.status = status;
      state.started = true;
      if (status.word === 'started' && status.detail !== undefined) state.multiaddr = status.detail;
    });
  }

  gone(peer: PeerName, life: 'ended' | 'died'): void {
    this.#change(peer, (state) => {
      state.life = life;
    });
  }

  restarts(peer: PeerName, seconds: number): void {
    this.#change(peer, (state) => {
      state.restartSeconds = seconds;
    });
  }

  /** Looks again at what everybody waits for; for conditions that are not about a peer's state alone. */
  changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves when `condition` holds, at `deadline` of the clock, or with the signal, whichever is first; never rejects. */
  async until(condition: () => boolean, clock: Clock, deadline: number, signal?: AbortSignal): Promise<WaitOutcome> {
    if (condition()) return 'met';
    if (signal?.aborted) return 'stopped';
    const timer = new AbortController();
    try {
      return await new Promise<WaitOutcome>((resolve) => {
        const look = () => {
          if (condition()) resolve('met');
        };
        const stopped = () => resolve('stopped');
        this.#waiting.add(look);
        signal?.addEventListener('abort', stopped, { once: true });
        timer.signal.addEventListener('abort', () => {
          this.#waiting.delete(look);
          signal?.removeEventListener('abort', stopped);
        });
        clock.sleepUntil(deadline, timer.signal).then(
          () => resolve('timeout'),
          () => undefined,
        );
      });
    } finally {
      timer.abort();
    }
  }

  #change(peer: PeerName, change: (state: PeerState) => void): void {
    const state = this.peers.get(peer);
    if (state === undefined) return;
    change(state);
    this.changed();
  }
}
