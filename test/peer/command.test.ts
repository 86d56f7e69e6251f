import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommand } from '../../src/peer/command.ts';

it.each([
  ['connect', { kind: 'connect' }],
  ['disconnect', { kind: 'disconnect' }],
  ['shutdown', { kind: 'shutdown' }],
  ['restart|5', { kind: 'restart', delaySeconds: 5 }],
  ['restart', { kind: 'restart', delaySeconds: 0 }],
  ['restart|soon', { kind: 'restart', delaySeconds: 0 }],
  ['peer|/ip4/1.2.3.4/udp/5/quic-v1', { kind: 'peer', multiaddr: '/ip4/1.2.3.4/udp/5/quic-v1' }],
  ['peer|', { kind: 'test', fields: ['peer', ''] }],
  ['connect ', { kind: 'test', fields: ['connect '] }],
  ['restarting', { kind: 'test', fields: ['restarting'] }],
  ['push|bob|a|b', { kind: 'test', fields: ['push', 'bob', 'a', 'b'] }],
  ['', { kind: 'test', fields: [''] }],
])('%s', (raw, expected) => {
  expect(parseCommand(raw)).toEqual({ ...expected, raw });
});

it('understands any text, and keeps it', () => {
  fc.assert(fc.property(fc.string(), (raw) => parseCommand(raw).raw === raw));
});
