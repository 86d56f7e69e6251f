import type { TmEvent } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Board } from '../board.ts';
import type { Recorder } from '../recorder.ts';
import { Silence, type SilenceEvent } from './silence.ts';

/** Milliseconds between two reads of all heartbeats. */
const READ_EVERY_MS = 5_000;
/** Milliseconds that a read may be late, or take, before it counts as one that was not possible meanwhile. */
const LATE_MS = 2_000;

/** Reads the heartbeats of a run now and then, and tells of peers that fall silent and are heard again. It never fails anything. */
export class HeartbeatWatch {
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #peers: readonly PeerName[];
  readonly #silence: Silence;

  constructor(clock: Clock, recorder: Recorder, board: Board) {
    this.#clock = clock;
    this.#recorder = recorder;
    this.#peers = [...board.peers.keys()];
    this.#silence = new Silence(this.#peers, READ_EVERY_MS + LATE_MS);
  }

  hear(event: TmEvent): void {
    this.#tell(this.#silence.hear(event));
  }

  /** Milliseconds for which a silent peer has not been heard; undefined for one that is not silent. */
  silentForMs(peer: PeerName): number | undefined {
    const since = this.#silence.since(peer);
    return since === undefined ? undefined : this.#recorder.elapsed() - since;
  }

  /** Reads until the signal; never rejects. */
  async watch(bus: Bus, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // What Redis refuses, or a connection that is gone for good, leaves tm without heartbeats: they are only a warning.
      const texts = await bus.heartbeats(this.#peers, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (texts !== undefined) this.#tell(this.#silence.read(texts, this.#recorder.elapsed()));
      await this.#clock.sleepUntil(this.#clock.now() + READ_EVERY_MS, signal).catch(() => undefined);
    }
  }

  #tell(events: readonly SilenceEvent[]): void {
    for (const event of events) this.#recorder.emit(event);
  }
}
