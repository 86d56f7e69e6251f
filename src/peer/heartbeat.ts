import { formatHeartbeat, heartbeatKey } from '../model/wire.ts';
import type { Sender } from './sender.ts';

/**
 * Says every so often that this process is still turning over: from its own event loop, so that a peer that hangs is silent. A heartbeat
 * that cannot go out at once is left out, and none is sent twice; what becomes of it is nobody's failure.
 */
export class Heartbeat {
  readonly #sender: Sender;
  readonly #key: string;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #underWay = false;
  #last = 0;

  /** `intervalMs` of 0: none is ever sent. */
  constructor(sender: Sender, peer: string, intervalMs: number) {
    this.#sender = sender;
    this.#key = heartbeatKey(peer);
    this.#intervalMs = intervalMs;
  }

  /** The first one now, then one each interval. Does nothing when called again, or after `stop`. */
  start(): void {
    if (this.#stopped || this.#timer !== undefined || this.#intervalMs === 0) return;
    this.#timer = setInterval(() => void this.#beat(), this.#intervalMs).unref();
    void this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    // Redis has not answered the last one: another would only wait behind it.
    if (this.#underWay) return;
    this.#underWay = true;
    const now = Date.now();
    // A reader compares values, not clocks, so no two in a row may be the same.
    this.#last = now === this.#last ? now + 1 : now;
    try {
      await this.#sender.call('SET', this.#key, formatHeartbeat({ at: this.#last, intervalMs: this.#intervalMs }));
    } catch {
      // Redis is away, or refuses: then tm does not hear this peer, which is what there is to say.
    } finally {
      this.#underWay = false;
    }
  }
}
