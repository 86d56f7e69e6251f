import { expect, test } from 'vitest';
import { peerName } from '../../../src/model/names.ts';
import type { LogLevel } from '../../../src/model/wire.ts';
import { createLogView } from '../../../src/views/lists/log-view.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../fake-terminal.ts';
import { expects, passes, rudeLogs } from '../scenarios.ts';

function logs(
  events: ReturnType<typeof passes>,
  peers: readonly string[],
  level: LogLevel = 'trace',
  on: FakeTerminalOptions = { isTTY: false },
): string {
  const terminal = fakeTerminal(on);
  const view = createLogView({ ...terminal, unicode: true, peers: new Set(peers.map(peerName)), level });
  for (const event of events) view.event(event);
  return `\n${terminal.raw()}`;
}

test('lines of the chosen peers, with their offsets, and nothing else', () => {
  expect(logs(passes(), ['bob', 'eve'])).toMatchInlineSnapshot(`
    "
        1.1s  bob    │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
     10.213s  bob    │ info  got hello-from-alice
     10.214s  bob    │ debug queue is empty
     31.950s  eve    │ warn  no messages
    "
  `);
  expect(logs(passes(), ['eve', 'alice'])).toMatchInlineSnapshot(`
    "
     31.950s  eve    │ warn  no messages
    "
  `);
});

test('of the chosen level and graver', () => {
  expect(logs(expects(), ['eve'], 'warn')).toMatchInlineSnapshot(`
    "
     15.200s  eve    │ warn  pull: no messages
    "
  `);
  expect(logs(expects(), ['eve'], 'error')).toBe('\n');
});

test('harmless and wrapped on a narrow terminal', () => {
  const text = logs(rudeLogs(), ['a-peer-with-a-very-long-name-that-ends-in-7'], 'info', { width: 40 });
  expect(text).not.toContain('\u001b');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
});
