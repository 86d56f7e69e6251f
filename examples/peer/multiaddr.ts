/** An address and UDP port, out of a multiaddr. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Reads `/ip4/192.0.2.10/udp/11984/quic-v1` (also `ip6`, `dns`, `dns4`, `dns6`); undefined for anything else. */
export function parseMultiaddr(text: string): Endpoint | undefined {
  const match = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/udp\/(\d{1,5})(?:\/|$)/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) return undefined;
  return { address: match[1], port };
}

/** The multiaddr that others are told. */
export function formatMultiaddr({ address, port }: Endpoint): string {
  const family = address.includes(':') ? 'ip6' : /^[\d.]+$/.test(address) ? 'ip4' : 'dns';
  return `/${family}/${address}/udp/${port}/quic-v1`;
}
