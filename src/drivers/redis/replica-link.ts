import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onAbort } from './abortable.ts';
import { linkLost } from './redis-call.ts';
import { RedisLinkLost, RedisReplyError } from './redis-fault.ts';
import type { RedisEndpoint } from './redis-url.ts';
import { type ReplicaCommand, ReplicaCommands } from './replica-commands.ts';
import { SnapshotSkip } from './snapshot-skip.ts';

/** A place in a server's replication stream. */
export interface ReplicaPosition {
  /** Which stream; a server that starts anew has another one. */
  readonly id: string;
  /** In bytes. */
  readonly offset: number;
}

interface Options {
  /** Where to go on; undefined: from now. */
  readonly position: ReplicaPosition | undefined;
  /** Milliseconds until the stream has to flow. */
  readonly timeoutMs: number;
  readonly wants: (name: string, key: Buffer | undefined) => boolean;
  /** The server cannot go on at the position: its stream begins anew. Before `began`. */
  readonly restarts: () => void;
  /** The stream flows from here: from the given position where `resumed`, else from now. Before any command of it is told. */
  readonly began: (resumed: boolean) => void;
  readonly command: (name: string, command: ReplicaCommand) => void;
}

/** Milliseconds between two acknowledgements, at first and in the end; a server drops a replica that is silent for a minute. */
const FIRST_ACK_MS = 2;
const ACK_MS = 1_000;
/** Milliseconds of silence after which the server counts as gone: it says something every ten seconds. */
const SILENCE_MS = 30_000;
const LINE_BYTES = 1 << 16;

/**
 * One connection on which a server takes us for its replica: it sends a snapshot, which is skipped, and from there on every command
 * that changes something. It has one life, like `RedisLink`.
 */
export class ReplicaLink {
  /** Resolves with the cause when the connection has ended. */
  readonly closed: Promise<RedisLinkLost>;
  readonly #socket: Socket;
  readonly #options: Options;
  readonly #commands: ReplicaCommands;
  #line = '';
  /** Answers that come before the one to PSYNC, and whether a refusal there ends it. */
  readonly #answers: boolean[];
  #phase: 'answers' | 'header' | 'snapshot' | 'stream' = 'answers';
  #snapshot: SnapshotSkip | undefined;
  #position: ReplicaPosition = { id: '?', offset: -1 };
  #cause: RedisLinkLost | undefined;
  #settle: { readonly flows: () => void; readonly failed: (error: unknown) => void } | undefined;
  #heard = performance.now();
  #acks: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, endpoint: RedisEndpoint, options: Options) {
    this.#socket = socket;
    this.#options = options;
    this.#commands = new ReplicaCommands({ wants: options.wants, tell: options.command });
    const secret = endpoint.password?.reveal();
    this.#answers = secret === undefined ? [false, true] : [true, false, true];
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#cause ??= linkLost(error);
    });
    socket.on('data', (data) => this.#take(data));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        clearTimeout(this.#acks);
        const cause = this.#cause ?? new RedisLinkLost('the server closed the connection');
        this.#settle?.failed(cause);
        resolve(cause);
      });
    });
    if (secret !== undefined) {
      this.#write('AUTH', ...(endpoint.username === undefined ? [secret] : [endpoint.username, secret]));
    }
    this.#write('CLIENT', 'SETNAME', 'tm-replica');
    this.#write('REPLCONF', 'capa', 'eof', 'capa', 'psync2');
  }

  /** Resolves when the stream flows. Rejects with `RedisReplyError` where the server refuses, with `RedisLinkLost`, or the signal's reason. */
  static async open(endpoint: RedisEndpoint, options: Options, signal: AbortSignal): Promise<ReplicaLink> {
    signal.throwIfAborted();
    const { host, port } = endpoint;
    const socket = endpoint.tls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectPlain({ host, port });
    const link = new ReplicaLink(socket, endpoint, options);
    const late = setTimeout(() => link.close(`no answer within ${options.timeoutMs} ms`), options.timeoutMs);
    const remove = onAbort(signal, () => link.close('stopped'));
    try {
      await new Promise<void>((flows, failed) => {
        link.#settle = { flows, failed };
      });
      return link;
    } catch (error) {
      link.close('refused');
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(late);
      remove();
    }
  }

  /** The end of the last whole command: where to go on after this link. */
  get position(): ReplicaPosition {
    return { id: this.#position.id, offset: this.#position.offset + this.#commands.consumed };
  }

  close(because = 'closed'): void {
    this.#cause ??= new RedisLinkLost(because);
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#heard = performance.now();
    try {
      for (let rest = data; rest.length > 0; ) {
        switch (this.#phase) {
          case 'answers':
          case 'header':
            rest = this.#takeLine(rest);
            break;
          case 'snapshot':
            rest = this.#snapshot?.push(rest) ?? rest;
            if (this.#snapshot?.ended !== false) this.#begin(false);
            break;
          case 'stream':
            this.#commands.push(rest);
            return;
        }
      }
    } catch (error) {
      this.#settle?.failed(error);
      this.close(error instanceof Error ? error.message : String(error));
    }
  }

  #takeLine(data: Buffer): Buffer {
    const end = data.indexOf('\n');
    this.#line += data.toString('latin1', 0, end < 0 ? data.length : end);
    if (this.#line.length > LINE_BYTES) throw new RedisLinkLost('the answer to PSYNC cannot be read');
    if (end < 0) return data.subarray(data.length);
    const line = this.#line.trim();
    this.#line = '';
    // Empty ones only say that the server is still at work.
    if (line !== '') this.#answered(line);
    return data.subarray(end + 1);
  }

  #answered(line: string): void {
    if (this.#phase === 'header') {
      this.#snapshot = new SnapshotSkip(line);
      this.#phase = 'snapshot';
      return;
    }
    const needed = this.#answers.shift();
    if (line.startsWith('-') && needed !== false) throw new RedisReplyError(line.slice(1));
    if (needed !== undefined) {
      // PSYNC is refused while an answer is still on its way.
      if (this.#answers.length === 0) this.#ask();
      return;
    }
    const [word, id, offset] = line.slice(1).split(' ');
    if (word === 'FULLRESYNC' && id !== undefined) {
      this.#position = { id, offset: Number(offset) };
      this.#phase = 'header';
      this.#options.restarts();
    } else if (word === 'CONTINUE' && this.#options.position !== undefined) {
      this.#position = { ...this.#options.position, ...(id === undefined ? {} : { id }) };
      this.#begin(true);
    } else {
      throw new RedisReplyError(`PSYNC was answered with ${word}`);
    }
  }

  #ask(): void {
    const { position } = this.#options;
    // The offset is that of the next byte wanted.
    this.#write('PSYNC', position?.id ?? '?', String(position === undefined ? -1 : position.offset + 1));
  }

  #begin(resumed: boolean): void {
    this.#phase = 'stream';
    this.#snapshot = undefined;
    this.#options.began(resumed);
    // The server holds the stream back until it hears that the snapshot has arrived, and is deaf to that while it tidies up behind it.
    this.#acknowledge(FIRST_ACK_MS);
    this.#settle?.flows();
  }

  /** Says now, and again and again, how far we are. */
  #acknowledge(pauseMs: number): void {
    if (performance.now() - this.#heard > SILENCE_MS) this.close(`silent for ${SILENCE_MS / 1000} s`);
    if (this.#cause !== undefined) return;
    this.#write('REPLCONF', 'ACK', String(this.position.offset));
    this.#acks = setTimeout(() => this.#acknowledge(Math.min(pauseMs * 2, ACK_MS)), pauseMs);
    this.#acks.unref();
  }

  #write(...words: readonly string[]): void {
    const bulk = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.#socket.write(`*${words.length}\r\n${bulk.join('')}`);
  }
}
