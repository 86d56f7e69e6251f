import type { PeerName } from '../../model/names.ts';
import { commandKey } from '../../model/wire.ts';
import type { Receipt } from '../../ports/bus.ts';
import { onAbort } from './abortable.ts';
import { sentKey } from './own-keys.ts';
import { RedisLinkLost, redisRefused } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';
import type { SessionMember } from './redis-session.ts';

/**
 * Pushes a message unless this bus has pushed it before: numbers go up by one connection after the other, so the last one tells.
 * KEYS: the peer's queue, our counter. ARGV: the message's number, the command.
 */
const PUSH = `
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[1]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'EX', 86400)
return 1`;

interface Message {
  readonly number: number;
  readonly peer: PeerName;
  readonly command: string;
  /** Called each time it goes out. */
  readonly written: () => void;
  /** Redis has it. */
  sent: boolean;
  readonly resolve: (number: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Messages to peers: each is pushed exactly once, in the order of the calls, whatever happens to the connection; and is known to be
 * taken when the peer's queue has become shorter than what was pushed, by whatever command the peer takes.
 */
export class SendQueue implements SessionMember {
  readonly #bus: string;
  /** Not yet pushed or not yet taken, oldest first. */
  readonly #queues = new Map<PeerName, Message[]>();
  #number = 0;
  #link: RedisLink | undefined;
  #tell: ((receipt: Receipt) => void) | undefined;
  readonly #unchecked = new Set<PeerName>();
  #checking: Promise<void> | undefined;

  constructor(bus: string) {
    this.#bus = bus;
  }

  send(peer: PeerName, command: string, signal: AbortSignal, written: () => void = () => {}): Promise<number> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#number += 1;
      const settled = onAbort(signal, () => {
        this.#forget(message);
        reject(signal.reason);
      });
      const message: Message = {
        number: this.#number,
        peer,
        command,
        written,
        sent: false,
        resolve: (number) => {
          settled();
          resolve(number);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      this.#queueOf(peer).push(message);
      if (this.#link !== undefined) this.#push(message, this.#link);
    });
  }

  /** From now on `tell` hears of every message that was taken; undefined: nobody does. */
  receipts(tell: ((receipt: Receipt) => void) | undefined): void {
    this.#tell = tell;
  }

  /** Something happened to the peer's queue. */
  changed(peer: PeerName): void {
    this.#unchecked.add(peer);
    if (this.#checking !== undefined) return;
    const check = async () => {
      // One look a turn, however many notifications came in it.
      await new Promise(setImmediate);
      await this.#check();
    };
    this.#checking = check().finally(() => {
      this.#checking = undefined;
      if (this.#unchecked.size > 0 && this.#link !== undefined) this.changed([...this.#unchecked][0]!);
    });
    // A break is the session's affair; the next connection looks at every queue.
    this.#checking.catch(() => undefined);
  }

  /** Looks at the queue of every peer that has something left to take. */
  async checkAll(): Promise<void> {
    await this.#checking?.catch(() => undefined);
    for (const [peer, queue] of this.#queues) if (queue.length > 0) this.#unchecked.add(peer);
    await this.#check();
  }

  /** The peers' queues were deleted. */
  cleared(peers: Iterable<PeerName>): void {
    for (const peer of peers)
      this.#queues.set(
        peer,
        this.#queueOf(peer).filter(({ sent }) => !sent),
      );
  }

  async connected(link: RedisLink): Promise<void> {
    const last = Number((await link.call('get', sentKey(this.#bus))) ?? 0);
    this.#link = link;
    // A server that came back without its data has lost the queues too: what nobody took goes in again. Without receipts
    // there is no telling what was taken, so then nothing is repeated.
    for (const message of this.#inOrder()) {
      if (!message.sent || (this.#tell !== undefined && message.number > last)) this.#push(message, link);
    }
  }

  lost(): void {
    this.#link = undefined;
  }

  ended(fault: unknown): void {
    this.#link = undefined;
    const unsent = this.#inOrder().filter(({ sent }) => !sent);
    this.#queues.clear();
    for (const message of unsent) message.reject(fault);
  }

  #push(message: Message, link: RedisLink): void {
    message.written();
    // EVAL rather than EVALSHA: a script that is missing would let a later message overtake this one.
    link.call('eval', PUSH, 2, commandKey(message.peer), sentKey(this.#bus), message.number, message.command).then(
      () => {
        message.sent = true;
        message.resolve(message.number);
      },
      (error: unknown) => {
        if (error instanceof RedisLinkLost) return;
        this.#forget(message);
        message.reject(redisRefused(`a command for ${message.peer}`, error));
      },
    );
  }

  async #check(): Promise<void> {
    const link = this.#link;
    const peers = [...this.#unchecked];
    this.#unchecked.clear();
    if (link === undefined || peers.length === 0) return;
    const newest = this.#number;
    const asked = peers.filter((peer) => this.#queueOf(peer).length > 0);
    const lengths = await link.pipeline(asked.map((peer) => ['llen', commandKey(peer)]));
    // Whoever awaited a send goes first, so that its receipt is never for an unknown message.
    await new Promise(setImmediate);
    for (const [index, peer] of asked.entries()) {
      const length = lengths[index];
      if (typeof length !== 'number') continue;
      const waiting = this.#queueOf(peer).filter(({ number, sent }) => sent && number <= newest);
      // Messages that others put before or behind ours only make us wait longer, never tell too early.
      for (const message of waiting.slice(0, Math.max(0, waiting.length - length))) {
        this.#forget(message);
        this.#tell?.({ peer, message: message.number });
      }
    }
  }

  #queueOf(peer: PeerName): Message[] {
    const queue = this.#queues.get(peer) ?? [];
    this.#queues.set(peer, queue);
    return queue;
  }

  #inOrder(): Message[] {
    return [...this.#queues.values()].flat().sort((a, b) => a.number - b.number);
  }

  #forget(message: Message): void {
    const queue = this.#queueOf(message.peer);
    const at = queue.indexOf(message);
    if (at >= 0) queue.splice(at, 1);
  }
}
