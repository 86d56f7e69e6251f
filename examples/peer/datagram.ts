/** What travels through the mesh from peer to peer, whoever is in between. `id` is the same on every hop. */
export interface Gossip {
  readonly id: string;
  readonly origin: string;
  readonly body: GossipBody;
}

export type GossipBody =
  | { readonly kind: 'message'; readonly to: string; readonly text: string }
  | { readonly kind: 'key'; readonly key: string };

/** What one neighbour has to say to another. */
export type Content =
  | { readonly kind: 'hello' }
  | { readonly kind: 'goodbye' }
  | { readonly kind: 'gossip'; readonly gossip: Gossip }
  | { readonly kind: 'ack' };

/** One UDP datagram, as JSON. `id` is answered by an `ack` with the same `id`; `address` is the sender's multiaddr. */
export type Datagram = { readonly id: string; readonly from: string; readonly address: string } & Content;

export function encode(datagram: Datagram): Buffer {
  return Buffer.from(JSON.stringify(datagram));
}

/** Undefined for what is no datagram of ours: anybody can send anything to a UDP port. */
export function decode(bytes: Buffer): Datagram | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !['id', 'from', 'address'].every((key) => typeof value[key] === 'string')) return undefined;
  switch (value['kind']) {
    case 'hello':
    case 'goodbye':
    case 'ack':
      return value as Datagram;
    case 'gossip':
      return isGossip(value['gossip']) ? (value as Datagram) : undefined;
    default:
      return undefined;
  }
}

function isGossip(value: unknown): boolean {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['origin'] !== 'string') return false;
  const body = value['body'];
  if (!isRecord(body)) return false;
  if (body['kind'] === 'key') return typeof body['key'] === 'string';
  return body['kind'] === 'message' && typeof body['to'] === 'string' && typeof body['text'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
