import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { type Content, type Datagram, decode, encode } from './datagram.ts';
import { type Endpoint, formatMultiaddr } from './multiaddr.ts';

/** Pauses after which an unanswered datagram is sent again, then given up. */
const RETRY_MS = [50, 100, 200, 400, 800] as const;

/** A UDP socket that speaks in datagrams of ours, and can go on sending one until it is acknowledged. */
export class Post {
  /** Where others reach it. */
  readonly multiaddr: string;
  readonly #name: string;
  readonly #socket: Socket;
  readonly #unanswered = new Map<string, AbortController>();
  #closed = false;

  private constructor(name: string, socket: Socket, multiaddr: string) {
    this.#name = name;
    this.#socket = socket;
    this.multiaddr = multiaddr;
  }

  /** Binds the socket; throws where the port is taken. `hostAddress` is how others reach this machine. */
  static async open(name: string, at: Endpoint, hostAddress: string): Promise<Post> {
    const socket = createSocket(at.address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(at.port, at.address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // A neighbour that is not there is found out by its silence.
    socket.on('error', () => {});
    return new Post(name, socket, formatMultiaddr({ address: hostAddress, port: socket.address().port }));
  }

  /** Hands on every datagram that comes, acks too. */
  receive(listener: (datagram: Datagram, sender: Endpoint) => void): void {
    this.#socket.on('message', (bytes, { address, port }) => {
      const datagram = decode(bytes);
      if (datagram === undefined) return;
      if (datagram.kind === 'ack') this.#unanswered.get(datagram.id)?.abort();
      listener(datagram, { address, port });
    });
  }

  /** Sends once. */
  send(to: Endpoint, content: Content, id: string = randomUUID()): void {
    if (this.#closed) return;
    const bytes = encode({ id, from: this.#name, address: this.multiaddr, ...content });
    // The callback keeps an unreachable or unresolvable address from being an event; retries deal with it.
    this.#socket.send(bytes, to.port, to.address, () => {});
  }

  /** Sends until it is acknowledged, or given up after some two seconds. */
  async deliver(to: Endpoint, content: Content): Promise<void> {
    const id = randomUUID();
    const answered = new AbortController();
    this.#unanswered.set(id, answered);
    for (const wait of RETRY_MS) {
      this.send(to, content, id);
      await pause(wait, undefined, { signal: answered.signal }).catch(() => {});
      if (answered.signal.aborted) break;
    }
    this.#unanswered.delete(id);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
