import { randomUUID } from 'node:crypto';
import type { Datagram, Gossip, GossipBody } from './datagram.ts';
import { type Endpoint, parseMultiaddr } from './multiaddr.ts';
import { Post } from './post.ts';

/** How often a neighbour is greeted: while nobody has answered, and from then on. */
const HELLO_MS = { connecting: 200, connected: 1_000 } as const;
/** A neighbour that leaves so many greetings unanswered is gone. */
const MISSED_HELLOS = 3;
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
  readonly #name: string;
  readonly #post: Post;
  readonly #events: MeshEvents;
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #seen = new Set<string>();
  #state: 'idle' | 'connecting' | 'connected' = 'idle';
  #greeting: NodeJS.Timeout | undefined;

  private constructor(name: string, post: Post, events: MeshEvents) {
    this.#name = name;
    this.#post = post;
    this.#events = events;
    post.receive((datagram, sender) => this.#hear(datagram, sender));
  }

  /** Binds the UDP port; throws where it is taken. `hostAddress` is how others reach this machine. */
  static async listen(name: string, at: Endpoint, hostAddress: string, events: MeshEvents): Promise<Mesh> {
    return new Mesh(name, await Post.open(name, at, hostAddress), events);
  }

  /** Where others reach this peer. */
  get multiaddr(): string {
    return this.#post.multiaddr;
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
      if (neighbour.linked) this.#post.send(neighbour.endpoint, { kind: 'goodbye' });
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
    this.#state = 'idle';
    clearTimeout(this.#greeting);
    this.#post.close();
  }

  #greetAll(): void {
    if (this.#state === 'idle') return;
    for (const neighbour of this.#neighbours.values()) this.#greet(neighbour);
    this.#greeting = setTimeout(() => this.#greetAll(), HELLO_MS[this.#state]);
  }

  #greet(neighbour: Neighbour): void {
    if (neighbour.missed++ >= MISSED_HELLOS) this.#unlink(neighbour, 'it does not answer');
    this.#post.send(neighbour.endpoint, { kind: 'hello' });
  }

  #hear(datagram: Datagram, sender: Endpoint): void {
    // A peer that is not connected is as silent as one that is not there.
    if (this.#state === 'idle') return;
    if (datagram.kind === 'goodbye') {
      const neighbour = this.#neighbours.get(datagram.address);
      if (neighbour !== undefined) this.#unlink(neighbour, 'it said goodbye');
      return;
    }
    // To where it came from: behind Docker's NAT that is the way back, and not the multiaddr.
    if (datagram.kind !== 'ack') this.#post.send(sender, { kind: 'ack' }, datagram.id);
    this.#link(datagram);
    if (datagram.kind === 'gossip') this.#consider(datagram.gossip, datagram.address);
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

  #consider(gossip: Gossip, through: string): void {
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
      void this.#post.deliver(neighbour.endpoint, { kind: 'gossip', gossip });
    }
  }

  #remember(id: string): void {
    this.#seen.add(id);
    if (this.#seen.size <= REMEMBERED_GOSSIP) return;
    const [oldest] = this.#seen;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
