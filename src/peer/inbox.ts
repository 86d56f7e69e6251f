import { setTimeout as pause } from 'node:timers/promises';
import { commandKey, SHUTDOWN_COMMAND } from '../model/wire.ts';
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

export interface InboxOptions {
  readonly peer: string;
  /** The name of the waiting connection in CLIENT LIST. */
  readonly clientName: string;
  /** Told of a command that could not be given back. */
  notice(text: string): void;
}

const UNBLOCK_EVERY_MS = 20;
const OVERTAKEN = Symbol('a shutdown goes first');
const REFUSED = Symbol('Redis does not do that');

/** A BLPOP under way, or on its way. */
interface Reading {
  /** Aborted once nobody waits for it any more: what it brings then goes back. */
  readonly leave: AbortController;
  /** It is decided what it gives. */
  over: boolean;
  ended: Promise<string | undefined>;
}

/**
 * The peer's queue of commands. One is taken when one is asked for, never earlier: what the peer has not asked for is still in Redis when
 * it restarts.
 *
 *     take() ──► BLPOP ──a command──► handed over
 *                  └──stop(), or a shutdown comes first──► CLIENT UNBLOCK ──a command all the same──► back to the head of the queue
 */
export class Inbox {
  readonly #blocking: Waiter;
  readonly #other: Sender;
  readonly #options: InboxOptions;
  readonly #key: string;
  #taking = false;
  #stopping = false;
  #shutdown: 'not asked' | 'asked' | 'handed over' = 'not asked';
  /** Ends the `take` that waits, for a shutdown that goes first. */
  #overtake = () => {};
  #reading: Reading | undefined;
  #session = 0;
  #clientId: string | undefined;
  /** The connection was lost, and the server may still see it waiting. */
  #adrift = false;

  constructor(blocking: Waiter, other: Sender, options: InboxOptions) {
    this.#blocking = blocking;
    this.#other = other;
    this.#options = options;
    this.#key = commandKey(options.peer);
  }

  /** Waits for the next command; undefined once stopped. Rejects where Redis refuses to say (no right to the key, a key of another type). */
  async take(): Promise<string | undefined> {
    if (this.#taking) throw new Error('commands are already being waited for: read them in one loop only');
    this.#taking = true;
    try {
      // One that a shutdown has overtaken ends first: the server would serve it before the next.
      await this.#reading?.ended.catch(() => {});
      if (this.#stopping) return undefined;
      if (this.#shutdown !== 'asked') {
        const overtaken = new Promise<typeof OVERTAKEN>((resolve) => {
          this.#overtake = () => resolve(OVERTAKEN);
        });
        const command = await Promise.race([this.#read().ended, overtaken]);
        if (command !== OVERTAKEN) return command;
      }
      this.#shutdown = 'handed over';
      return SHUTDOWN_COMMAND;
    } finally {
      this.#taking = false;
    }
  }

  /** The next `take`, or the one that waits, gives a shutdown, whatever Redis is doing. The second call does nothing. */
  askToShutDown(): void {
    if (this.#shutdown !== 'not asked') return;
    this.#shutdown = 'asked';
    // What is decided to be a command is handed over before.
    if (this.#reading === undefined || this.#reading.over) return;
    void this.#leave(this.#reading);
    this.#overtake();
  }

  /**
   * Ends a `take` that waits, without losing a command that arrives in the same instant: that one goes back to the head of the queue.
   * Resolves when that is done, or could not be done in the time given.
   */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#reading === undefined) return;
    const timer = new AbortController();
    const late = pause(timeoutMs, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([this.#leave(this.#reading), late]);
    timer.abort();
  }

  #read(): Reading {
    const reading: Reading = { leave: new AbortController(), over: false, ended: Promise.resolve(undefined) };
    this.#reading = reading;
    reading.ended = this.#attempt(reading).finally(() => {
      reading.over = true;
      if (this.#reading === reading) this.#reading = undefined;
    });
    return reading;
  }

  async #attempt(reading: Reading): Promise<string | undefined> {
    const { signal } = reading.leave;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await settled(this.#blocking.ready(), signal);
        if (signal.aborted) break;
        await this.#replacePredecessor();
        if (signal.aborted) break;
        const reply = await this.#blocking.block('BLPOP', this.#key, '0');
        if (!Array.isArray(reply)) continue;
        const command = String(reply[1]);
        if (signal.aborted) {
          await this.#giveBack(command);
          break;
        }
        reading.over = true;
        return command;
      } catch (error) {
        this.#adrift = error instanceof Error && error.name !== 'ReplyError';
        if (signal.aborted) break;
        if (!isTransient(error)) throw error;
        await pause(backoff(failures++), undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  }

  /** Again and again, since the BLPOP may still be on its way when the first UNBLOCK is there. */
  async #leave(reading: Reading): Promise<void> {
    reading.leave.abort();
    const ended = reading.ended.catch(() => undefined);
    if (this.#adrift) await this.#endPredecessor(this.#other).catch(() => {});
    while (!reading.over) {
      // Where Redis lets nobody unblock, or did not say who we are, all that is left is to hang up.
      if ((await Promise.race([ended, this.#unblock()])) === REFUSED) return;
      await Promise.race([ended, pause(UNBLOCK_EVERY_MS)]);
    }
    await ended;
  }

  async #unblock(): Promise<typeof REFUSED | undefined> {
    if (this.#clientId === undefined) return this.#session === this.#blocking.sessions ? REFUSED : undefined;
    try {
      await this.#other.call('CLIENT', 'UNBLOCK', this.#clientId);
      return undefined;
    } catch (error) {
      return isTransient(error) ? undefined : REFUSED;
    }
  }

  /** Twice rather than not at all, should the answer be lost. */
  async #giveBack(command: string): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await this.#other.ready();
        await this.#other.call('LPUSH', this.#key, command);
        return;
      } catch (error) {
        if (error instanceof Error && error.name !== 'PeerError' && isTransient(error)) {
          await pause(backoff(failures));
          continue;
        }
        this.#options.notice(`the command "${command}" could not be given back: ${String(error)}`);
        return;
      }
    }
  }

  async #replacePredecessor(): Promise<void> {
    const session = this.#blocking.sessions;
    if (session === this.#session) return;
    const own = await ask(this.#blocking, 'ID');
    // A server that was started anew counts from the beginning: the number may be this connection's own by now.
    if (own !== this.#clientId) await this.#endPredecessor(this.#blocking);
    this.#clientId = own;
    this.#session = session;
    this.#adrift = false;
  }

  /**
   * After a loss that only this side has noticed, the server still sees the old connection waiting, first in line: it would be served the
   * next command, and the command would be lost. So the old connection is ended, if it is still there and still ours.
   */
  async #endPredecessor(sender: Sender): Promise<void> {
    const predecessor = this.#clientId;
    if (predecessor === undefined) return;
    const found = await ask(sender, 'LIST', 'ID', predecessor);
    if (found?.split(' ').includes(`name=${this.#options.clientName}`)) await ask(sender, 'KILL', 'ID', predecessor);
  }
}

/** A CLIENT command. An old Redis or an ACL may not have it: then undefined, since all that is done with it can be done without. */
async function ask(sender: Sender, ...words: readonly string[]): Promise<string | undefined> {
  try {
    return String(await sender.call('CLIENT', ...words));
  } catch (error) {
    if (isTransient(error)) throw error;
    return undefined;
  }
}

/** Settles as `promise` does, or resolves as soon as `signal` is aborted. */
async function settled(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let stopWaiting = () => {};
  const aborted = new Promise<void>((resolve) => {
    stopWaiting = resolve;
    signal.addEventListener('abort', stopWaiting);
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
}
