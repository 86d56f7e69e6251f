import { connect, type Socket } from 'node:net';
import { type Resp, RespReader } from './resp.ts';

/** A command that the peer sent to Redis, and the answer. Times are of the monotonic clock, in milliseconds. */
export interface Request {
  /** Which of the peer's connections it came through. */
  readonly link: number;
  readonly sentMs: number;
  readonly words: readonly string[];
  reply?: Resp;
  answeredMs?: number;
}

/** A command by which a peer waits for the next one of the timeline. */
export const asksForCommand = ({ words }: Request): boolean => /^B([LR](POP|MOVE)|LMPOP)$/i.test(words[0] ?? '');

/** One connection of the peer to Redis, by way of the proxy. */
export class Link {
  readonly number: number;
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #unanswered: Request[] = [];
  #open = true;

  /** `seen` is told of each request before it is passed on. */
  constructor(number: number, client: Socket, port: number, seen: (request: Request) => void) {
    this.number = number;
    this.#client = client;
    this.#upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, this.#upstream]) socket.on('error', () => {});
    const requests = new RespReader();
    const replies = new RespReader();

    client.on('data', (bytes) => {
      for (const value of requests.read(bytes)) {
        const words = Array.isArray(value) ? value.map(String) : [String(value)];
        const request: Request = { link: number, sentMs: performance.now(), words };
        this.#unanswered.push(request);
        seen(request);
      }
      this.#upstream.write(bytes);
    });
    this.#upstream.on('data', (bytes) => {
      for (const reply of replies.read(bytes)) {
        const request = this.#unanswered.shift();
        if (request !== undefined) Object.assign(request, { reply, answeredMs: performance.now() });
      }
      client.write(bytes);
    });
    client.on('close', () => {
      this.#open = false;
    });
    client.on('end', () => this.#upstream.end());
    this.#upstream.on('close', () => client.destroy());
  }

  /** The peer's side has not been closed. */
  get open(): boolean {
    return this.#open;
  }

  /** It waits for the next command. */
  get waitsForCommand(): boolean {
    return this.#open && this.#unanswered.some(asksForCommand);
  }

  /** Nothing gets through any more, in either direction, and neither side is told. */
  freeze(): void {
    this.#client.pause();
    this.#upstream.pause();
  }

  /** What was held up goes on. */
  thaw(): void {
    this.#client.resume();
    this.#upstream.resume();
  }

  /** Both sides are told that it is over. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#upstream.destroy();
    this.#open = false;
  }

  /** Only the peer is told that it is over, as when a NAT forgets a connection: Redis still believes in it. */
  abandon(): void {
    this.#upstream.removeAllListeners('data');
    this.#client.removeAllListeners('end');
    this.#client.resetAndDestroy();
    this.#open = false;
  }

  /** Ends it for good. */
  destroy(): void {
    this.#client.destroy();
    this.#upstream.destroy();
    this.#open = false;
  }
}
