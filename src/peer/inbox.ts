import { setTimeout as pause } from 'node:timers/promises';
import { commandKey } from '../model/wire.ts';
import { backoff } from './backoff.ts';
import type { Sender } from './sender.ts';
import { isTransient } from './transient.ts';

/** The connection that waits for commands, and does nothing else. */
export interface Waiter extends Sender {
  /** Changes each time that it is a new connection. */
  readonly sessions: number;
  /** Sends a command that may wait for ever. */
  block(command: string, ...words: readonly string[]): Promise<unknown>;
}

const UNBLOCK_WITHIN_MS = 500;
const UNBLOCK_EVERY_MS = 20;

/**
 * The peer's queue of commands. One is taken when one is asked for, never earlier: what the peer has not asked for is still in Redis when
 * it restarts.
 */
export class Inbox {
  readonly #blocking: Waiter;
  readonly #other: Sender;
  readonly #key: string;
  readonly #clientName: string;
  #reading: Promise<string | undefined> | undefined;
  #stopping = false;
  #session = 0;
  #clientId: string | undefined;

  /** `clientName` is the name of `blocking` in CLIENT LIST. */
  constructor(blocking: Waiter, other: Sender, peer: string, clientName: string) {
    this.#blocking = blocking;
    this.#other = other;
    this.#key = commandKey(peer);
    this.#clientName = clientName;
  }

  /** Waits for the next command; undefined once stopped. Rejects where Redis refuses to say (no right to the key, a key of another type). */
  async take(): Promise<string | undefined> {
    if (this.#reading !== undefined)
      throw new Error('commands are already being waited for: read them in one loop only');
    this.#reading = this.#read();
    try {
      return await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  /** Ends a `take` that waits, without losing a command that arrives in the same instant: that one goes back to the head of the queue. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const reading = this.#reading;
    if (reading === undefined) return;
    const settled = reading.then(
      () => true,
      () => true,
    );
    // Again and again, since the BLPOP may still be on its way when the first UNBLOCK is there.
    for (let waited = 0; waited < UNBLOCK_WITHIN_MS; waited += UNBLOCK_EVERY_MS) {
      if (this.#clientId !== undefined) this.#other.call('CLIENT', 'UNBLOCK', this.#clientId).catch(() => {});
      if (await Promise.race([settled, pause(UNBLOCK_EVERY_MS, false)])) return;
    }
  }

  async #read(): Promise<string | undefined> {
    for (let failures = 0; !this.#stopping; ) {
      try {
        await this.#blocking.ready();
        await this.#replacePredecessor();
        if (this.#stopping) break;
        const reply = await this.#blocking.block('BLPOP', this.#key, '0');
        if (!Array.isArray(reply)) continue;
        const command = String(reply[1]);
        if (!this.#stopping) return command;
        await this.#other.call('LPUSH', this.#key, command);
      } catch (error) {
        if (this.#stopping) break;
        if (!isTransient(error)) throw error;
        await pause(backoff(failures++));
      }
    }
    return undefined;
  }

  /**
   * After a loss that only this side has noticed, the server still sees the old connection waiting, first in line: it would be served the
   * next command, and the command would be lost. So the old connection is ended, if it is still there and still ours.
   */
  async #replacePredecessor(): Promise<void> {
    const session = this.#blocking.sessions;
    if (session === this.#session) return;
    const predecessor = this.#clientId;
    if (predecessor !== undefined) {
      const found = await this.#ask('LIST', 'ID', predecessor);
      if (found?.split(' ').includes(`name=${this.#clientName}`)) await this.#ask('KILL', 'ID', predecessor);
    }
    this.#clientId = await this.#ask('ID');
    this.#session = session;
  }

  /** A CLIENT command. An old Redis or an ACL may not have it: then undefined, since all that is done with it can be done without. */
  async #ask(...words: readonly string[]): Promise<string | undefined> {
    try {
      return String(await this.#blocking.call('CLIENT', ...words));
    } catch (error) {
      if (isTransient(error)) throw error;
      return undefined;
    }
  }
}
