import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import type { LogLevel } from '../../../src/model/wire.ts';
import { passes as passesFilter, strangers } from '../../../src/views/watch/event-filter.ts';
import { parseEvent } from '../../../src/views/watch/parse-event.ts';
import { createWatchView } from '../../../src/views/watch/watch-view.ts';
import { fakeTerminal } from '../fake-terminal.ts';
import { dies, passes } from '../scenarios.ts';

interface Choice {
  readonly peers?: readonly string[];
  readonly level?: LogLevel;
  readonly json?: boolean;
}

async function watched(events: readonly TmEvent[], { peers = [], level = 'info', json = false }: Choice = {}) {
  const terminal = fakeTerminal({ isTTY: false });
  const view = createWatchView({ ...terminal, unicode: true, verbose: false, filter: { peers, level }, json });
  for (const event of events) view.event(event);
  await view.close();
  return `\n${terminal.raw()}`;
}

describe('the view', () => {
  test('a whole run: a heading, the lines of the console with the steps among them, the verdict', async () => {
    expect(await watched(dies())).toMatchInlineSnapshot(`
      "
      watching smoke-5peer-2026-02-03-14-02-11 · since 2026-02-03 14:02:11 UTC · 5 peers
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          0.5s  redis    ✔ ready  0.3s
          0.7s  garage   ✔ node:1.4 sent 18.2 MB at 36.4 MB/s  0.5s
          1.0s  cloud    ✔ 2 peers started  0.5s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  garage   ✔ 3 peers started  0.9s
          1.6s  tm       · waiting for 5 peers to start
          1.6s  alice    ◂ started  /ip4/10.0.0.5/udp/11984
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          1.8s  charlie  ◂ started  /ip4/10.0.0.7/udp/11984
          1.9s  dave     ◂ started  /ip4/10.0.0.8/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  alice    ▸ connect
        0.041s  alice    ◂ connected
       25.000s  charlie  ▸ rotate-key
       31.870s  charlie  ✖ exited with 137 (out of memory: 256 MiB), 6.9 s after "rotate-key"
                           │ info rotating
                           │ error allocating 98304 bytes
       31.900s  charlie  ⚠ "pull" not sent: charlie is dead
       31.900s  eve      ▸ pull
       31.970s  tm       ■ timeline ended after 32 s, shutting the peers down
       32.000s  alice    ◂ stopped
       32.007s  bob      ◂ stopped
       32.014s  dave     ◂ stopped
       32.021s  eve      ◂ stopped
       32.360s  cloud    ✔ 2 peers removed  0.2s
       32.380s  garage   ✔ 3 peers removed  0.3s
       32.400s  redis    ✔ removed  0.3s
      ✖ failed after 34.6 s: charlie died, 1 command was not sent
          charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"
      "
    `);
  });

  test('chosen peers; what concerns the run is there, and its numbers are of all peers', async () => {
    expect(await watched(passes(), { peers: ['bob', 'eve'], level: 'debug' })).toMatchInlineSnapshot(`
      "
      watching smoke-5peer-2026-02-03-14-02-11 · since 2026-02-03 14:02:11 UTC · 5 peers
          0.2s  tm       ✔ planned: 8 to add, 18.2 MB to send  0.2s
          1.1s  bob      │ info  listening on /ip4/0.0.0.0/udp/11984/quic-v1
          1.6s  tm       · waiting for 5 peers to start
          1.7s  bob      ◂ started  /ip4/10.0.0.6/udp/11984
          2.0s  eve      ◂ started  /ip4/10.0.0.9/udp/11984
        0.000s  tm       ▶ timeline: 5 commands over 31.9 s  times count from here
        0.000s  bob      ▸ connect
        0.044s  bob      ◂ connected  1 earlier status went by unread
       10.213s  bob      │ info  got hello-from-alice
       10.214s  bob      │ debug queue is empty
       31.900s  eve      ▸ pull
       31.950s  eve      │ warn  no messages
       31.970s  tm       ■ timeline ended after 32 s, shutting the peers down
       32.007s  bob      ◂ stopped
       32.028s  eve      ◂ stopped
      ✔ passed after 34.6 s: 5 peers, 5 commands, all taken (p50 1 ms, slowest 812 ms), sent up to 130 ms late
      "
    `);
  });

  test('a peer that the run does not have is said at once', async () => {
    const [, ...text] = (await watched(passes().slice(0, 1), { peers: ['bob', 'chalie', 'x'] })).split('\n');
    expect(text).toEqual([
      'watching smoke-5peer-2026-02-03-14-02-11 · since 2026-02-03 14:02:11 UTC · 5 peers',
      'not in this run: chalie, x',
      'no longer watching smoke-5peer-2026-02-03-14-02-11, which had not ended',
      '',
    ]);
  });

  test('json: the chosen events and nothing else', async () => {
    const text = await watched(passes(), { peers: ['dave'], json: true });
    const events = text
      .trim()
      .split('\n')
      .map((line) => parseEvent(line));
    expect(events).not.toContain(undefined);
    const peers = new Set(events.flatMap((event) => (event !== undefined && 'peer' in event ? [event.peer] : [])));
    expect([...peers]).toEqual(['dave']);
    expect(events.at(-1)?.type).toBe('run-ended');
  });

  test('a managed Redis takes the stream with it: the verdict is the last word then', async () => {
    const events = dies();
    const verdict = events.findIndex((event) => event.type === 'verdict');
    const text = await watched(events.slice(0, verdict + 1));
    expect(text).toContain('\n✖ failed after 34.2 s: charlie died');
    expect(text).not.toContain('no longer watching');
  });
});

describe('the filter', () => {
  const all = { peers: [], level: 'trace' } as const;
  const log = (peer: string, level: LogLevel): TmEvent =>
    ({ seq: 1, atMs: 0, time: '', type: 'log', peer, level, message: '' }) as TmEvent;

  test('lets everything pass when nothing is chosen', () => {
    expect(passes().filter((event) => !passesFilter(event, all))).toEqual([]);
  });

  test('levels from the gravest down to the chosen one', () => {
    const levels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
    const passed = (level: LogLevel) => levels.filter((one) => passesFilter(log('bob', one), { peers: [], level }));
    expect(passed('error')).toEqual(['error']);
    expect(passed('info')).toEqual(['error', 'warn', 'info']);
    expect(passed('trace')).toEqual(levels);
  });

  test('of other peers nothing, of the run everything but steps', () => {
    const filter = { peers: ['bob'], level: 'trace' } as const;
    const types = new Set(
      dies()
        .filter((event) => passesFilter(event, filter))
        .map((event) => event.type),
    );
    expect([...types].sort()).toEqual([
      'bus-ready',
      'command-taken',
      'log',
      'message-sent',
      'peer-exited',
      'peer-status',
      'phase',
      'planned',
      'run-ended',
      'run-started',
      'timeline-ended',
      'timeline-started',
      'verdict',
    ]);
    expect(passesFilter(log('alice', 'error'), filter)).toBe(false);
  });

  test('names the strangers', () => {
    expect(strangers({ peers: ['bob', 'x'], level: 'info' }, ['alice', 'bob'])).toEqual(['x']);
  });
});

describe('parseEvent', () => {
  test.each([
    ['a line that a crash cut short', '{"seq":1,"type":"lo'],
    ['nothing', ''],
    ['an event of a newer tm', '{"seq":1,"atMs":0,"time":"","type":"expectation-met"}'],
    ['something else', '[1,2]'],
    ['null', 'null'],
    ['an event without a type', '{"seq":1}'],
    ['a type that every object has', '{"type":"toString"}'],
  ])('passes over %s', (_what, line) => {
    expect(parseEvent(line)).toBeUndefined();
  });

  test('reads every event that is written', () => {
    const events = [...passes(), ...dies()];
    expect(events.map((event) => parseEvent(JSON.stringify(event)))).toEqual(events);
  });
});
