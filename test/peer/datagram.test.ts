import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Datagram, decode, encode } from '../../examples/peer/datagram.ts';
import { formatMultiaddr, parseMultiaddr } from '../../examples/peer/multiaddr.ts';

const HEAD = { id: '1', from: 'alice', address: '/ip4/1.2.3.4/udp/5/quic-v1' };

it.each<Datagram>([
  { ...HEAD, kind: 'hello' },
  { ...HEAD, kind: 'goodbye' },
  { ...HEAD, kind: 'ack' },
  { ...HEAD, kind: 'gossip', gossip: { id: '2', origin: 'bob', body: { kind: 'message', to: 'eve', text: 'ä|\n' } } },
  { ...HEAD, kind: 'gossip', gossip: { id: '2', origin: 'bob', body: { kind: 'key', key: 'ab12' } } },
])('$kind goes there and back', (datagram) => {
  expect(decode(encode(datagram))).toEqual(datagram);
});

it.each([
  {},
  null,
  [],
  'hello',
  { ...HEAD },
  { ...HEAD, kind: 'unknown' },
  { ...HEAD, kind: 'hello', from: 7 },
  { ...HEAD, kind: 'gossip' },
  { ...HEAD, kind: 'gossip', gossip: { id: '2', origin: 'bob', body: { kind: 'message', to: 'eve' } } },
  { ...HEAD, kind: 'gossip', gossip: { id: '2', body: { kind: 'key', key: 'ab12' } } },
])('%j is no datagram of ours', (value) => {
  expect(decode(Buffer.from(JSON.stringify(value)))).toBeUndefined();
});

it('nothing that anybody sends makes it throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => decode(Buffer.from(bytes)) === undefined));
  fc.assert(fc.property(fc.jsonValue(), (value) => decode(Buffer.from(JSON.stringify(value))) === undefined));
});

it.each([
  ['/ip4/192.0.2.10/udp/11984/quic-v1', { address: '192.0.2.10', port: 11_984 }],
  ['/ip6/fd00::1/udp/1/quic-v1', { address: 'fd00::1', port: 1 }],
  ['/dns/garage.example/udp/65535/quic-v1', { address: 'garage.example', port: 65_535 }],
])('%s is an endpoint, and back', (text, endpoint) => {
  expect(parseMultiaddr(text)).toEqual(endpoint);
  expect(formatMultiaddr(endpoint)).toBe(text);
});

it.each([
  '',
  '192.0.2.10:5',
  '/ip4/192.0.2.10/tcp/5',
  '/ip4/192.0.2.10/udp/65536',
  '/ip4//udp/5',
  '/ip4/192.0.2.10/udp/5x',
])('"%s" is not', (text) => {
  expect(parseMultiaddr(text)).toBeUndefined();
});
