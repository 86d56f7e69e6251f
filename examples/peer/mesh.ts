import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { type Datagram, decode, encode, type Gossip, type GossipBody } from './datagram.ts';
import { type Endpoint, formatMultiaddr, parseMultiaddr } from './multiaddr.ts';

/** How often a neighbour is greeted: while nobody has answered, and from then on. */
const HELLO_MS = { connecting: 200, connected: 1_000 } as const;
/** A neighbour that leaves so many greetings unanswered is gone. */
const MISSED_HELLOS = 3;
/** Pauses after which an unanswered datagram is sent again, then given up. */
const RETRY_MS = [50, 100, 200, 400, 800] as const;
/** Larger datagrams are likely to be lost in pieces. */
export const LONGEST_TEXT = 16_384;
const REMEMBERED_GOSSIP = 10_000;

interface Neighbour {
  readonly multiaddr: string;
  readonly endpoint: Endpoint;
  /** Known once it has answered. */
  name?: string;
  linked: boolean;
  missed: number;
}

export interface MeshEvents {
  /** The first neighbour answered, or there was none to ask. */
  connected(): void;
  linked(name: string, multiaddr: string): void;
  unlinked(name: string, because: string): void;
  message(from: string, text: string): void;
  key(of: string, key: string): void;
}

/**
 * An overlay network on UDP: neighbours greet each other, and what one says is flooded to all. Every datagram that matters is acknowledged
 * and sent again; each gossip is passed on once, by its id.
 *
 *     idle ──connect()──► connecting ──an answer, or nobody to ask──► connected
 *       ▲                     │                                          │
 *       └─────────────────────┴───────────── disconnect() ───────────────┘
 */
export class Mesh {
  /** Where others reach this peer. */
  readonly multiaddr: string;
  readonly #name: string;
  readonly #socket: Socket;
  readonly #events: MeshEvents;
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #unanswered = new Map<string, AbortController>();
  readonly #seen = new Set<string>();
  #state: 'idle' | 'connecting' | 'connected' = 'idle';
  #greeting: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(name: string, socket: Socket, multiaddr: string, events: MeshEvents) {
    this.#name = name;
    this.#socket = socket;
    this.multiaddr = multiaddr;
    this.#events = events;
    socket.on('message', (bytes, { address, port }) => this.#receive(bytes, { address, port }));
    // A neighbour that is not there is found out by its silence.
    socket.on('error', () => {});
  }

  /** Binds the UDP socket; throws where the port is taken. `hostAddress` is how others reach this machine. */
  static async listen(name: string, at: Endpoint, hostAddress: string, events: MeshEvents): Promise<Mesh> {
    const socket = createSocket(at.address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(at.port, at.address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    const multiaddr = formatMultiaddr({ address: hostAddress, port: socket.address().port });
    return new Mesh(name, socket, multiaddr, events);
  }

  get state(): 'idle' | 'connecting' | 'connected' {
    return this.#state;
  }

  /** Adds a neighbour; false where the text is no multiaddr of ours, or is our own. */
  add(multiaddr: string): boolean {
    const endpoint = parseMultiaddr(multiaddr);
    if (endpoint === undefined || multiaddr === this.multiaddr) return false;
    if (this.#neighbours.has(multiaddr)) return true;
    const neighbour: Neighbour = { multiaddr, endpoint, linked: false, missed: 0 };
    this.#neighbours.set(multiaddr, neighbour);
    if (this.#state !== 'idle') this.#greet(neighbour);
    return true;
  }

  /** Begins to greet the neighbours. */
  connect(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'connecting';
    if (this.#neighbours.size === 0) this.#becomeConnected();
    this.#greetAll();
  }

  /** Says goodbye, once (who misses it finds out by the silence), and answers nobody any more. */
  disconnect(): void {
    if (this.#state === 'idle') return;
    this.#state = 'idle';
    clearTimeout(this.#greeting);
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.linked) this.#transmit(neighbour.endpoint, { kind: 'goodbye' }, randomUUID());
      neighbour.linked = false;
    }
  }

  /** Tells everybody; false when not connected. */
  say(body: GossipBody): boolean {
    if (this.#state !== 'connected') return false;
    const gossip = { id: randomUUID(), origin: this.#name, body };
    this.#remember(gossip.id);
    this.#passOn(gossip, undefined);
    return true;
  }

  /** Falls silent for good, without a goodbye. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = 'idle';
    clearTimeout(this.#greeting);
    this.#socket.close();
  }

  #greetAll(): void {
    if (this.#state === 'idle') return;
    for (const neighbour of this.#neighbours.values()) this.#greet(neighbour);
    this.#greeting = setTimeout(() => this.#greetAll(), HELLO_MS[this.#state]);
  }

  #greet(neighbour: Neighbour): void {
    if (neighbour.missed++ >= MISSED_HELLOS) this.#unlink(neighbour, 'it does not answer');
    this.#transmit(neighbour.endpoint, { kind: 'hello' }, randomUUID());
  }

  #receive(bytes: Buffer, sender: Endpoint): void {
    const datagram = decode(bytes);
    // A peer that is not connected is as silent as one that is not there.
    if (datagram === undefined || this.#state === 'idle') return;
    if (datagram.kind === 'ack') {
      this.#unanswered.get(datagram.id)?.abort();
      this.#link(datagram);
      return;
    }
    // To where it came from: behind Docker's NAT that is the way back, and not the multiaddr.
    this.#transmit(sender, { kind: 'ack' }, datagram.id);
    if (datagram.kind === 'goodbye') {
      const neighbour = this.#neighbours.get(datagram.address);
      if (neighbour !== undefined) this.#unlink(neighbour, 'it said goodbye');
      return;
    }
    this.#link(datagram);
    if (datagram.kind === 'gossip') this.#hear(datagram.gossip, datagram.address);
  }

  #link({ from, address }: Datagram): void {
    if (!this.add(address)) return;
    const neighbour = this.#neighbours.get(address)!;
    neighbour.missed = 0;
    neighbour.name = from;
    if (neighbour.linked) return;
    neighbour.linked = true;
    this.#events.linked(from, address);
    if (this.#state === 'connecting') this.#becomeConnected();
  }

  #unlink(neighbour: Neighbour, because: string): void {
    if (!neighbour.linked) return;
    neighbour.linked = false;
    this.#events.unlinked(neighbour.name ?? neighbour.multiaddr, because);
  }

  #becomeConnected(): void {
    this.#state = 'connected';
    this.#events.connected();
  }

  #hear(gossip: Gossip, through: string): void {
    if (this.#seen.has(gossip.id)) return;
    this.#remember(gossip.id);
    const { origin, body } = gossip;
    if (body.kind === 'key') this.#events.key(origin, body.key);
    if (body.kind === 'message' && body.to === this.#name) this.#events.message(origin, body.text);
    else this.#passOn(gossip, through);
  }

  #passOn(gossip: Gossip, through: string | undefined): void {
    for (const neighbour of this.#neighbours.values()) {
      if (!neighbour.linked || neighbour.multiaddr === through) continue;
      void this.#deliver(neighbour.endpoint, { kind: 'gossip', gossip });
    }
  }

  #remember(id: string): void {
    this.#seen.add(id);
    if (this.#seen.size <= REMEMBERED_GOSSIP) return;
    const [oldest] = this.#seen;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Sends until it is acknowledged, or given up. */
  async #deliver(to: Endpoint, content: Content): Promise<void> {
    const id = randomUUID();
    const answered = new AbortController();
    this.#unanswered.set(id, answered);
    for (const wait of RETRY_MS) {
      this.#transmit(to, content, id);
      await pause(wait, undefined, { signal: answered.signal }).catch(() => {});
      if (answered.signal.aborted) break;
    }
    this.#unanswered.delete(id);
  }

  #transmit(to: Endpoint, content: Content, id: string): void {
    if (this.#closed) return;
    const bytes = encode({ id, from: this.#name, address: this.multiaddr, ...content });
    // The callback keeps an unreachable or unresolvable address from being an event; retries deal with it.
    this.#socket.send(bytes, to.port, to.address, () => {});
  }
}

type Content =
  | { readonly kind: 'hello' }
  | { readonly kind: 'goodbye' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'gossip'; readonly gossip: Gossip };
