/** Runs as large and as lively as real ones, from a seed: for tests of the reports and to look at. */

import { createSeededEntropy } from '../../../src/drivers/memory/entropy.ts';
import type { TmEvent } from '../../../src/model/event.ts';
import type { Expectation, ExpectationOutcome, Sighting } from '../../../src/model/expectation.ts';
import { hostName, type PeerName, peerName } from '../../../src/model/names.ts';
import type { LogLevel } from '../../../src/model/wire.ts';
import { createScript, FIVE, inOrder, NODE, runStarted, type Script } from '../scenarios.ts';

const ZERO = 8_412;
const HOSTS = ['garage', 'cloud', 'attic'].map(hostName);
const hostOf = (index: number) => HOSTS[index % HOSTS.length] ?? hostName('garage');

interface Options {
  readonly peers: readonly PeerName[];
  readonly test: string;
  /** Log lines of all peers together. */
  readonly lines: number;
  readonly lengthMs: number;
}

/** Five peers for 40 s: one dies, one restarts, two expectations are not met. */
export const fivePeers = (): readonly TmEvent[] =>
  meshRun({ peers: FIVE, test: 'smoke-5peer', lines: 120, lengthMs: 40_000 });

/** Five hundred peers and forty thousand events. */
export const fiveHundredPeers = (): readonly TmEvent[] =>
  meshRun({
    peers: Array.from({ length: 500 }, (_, i) => peerName(`worker-${String(i + 1).padStart(3, '0')}`)),
    test: 'mesh-500',
    lines: 34_000,
    lengthMs: 120_000,
  });

const MESSAGES: readonly (readonly [LogLevel, string])[] = [
  ['info', 'accepted a connection from 12D3KooWQyxz7vUeWr4sEZ8tqNnkYyZqS2'],
  ['debug', 'ping: rtt 1.8 ms'],
  ['debug', 'gossip: 3 new records, 14 known, none expired'],
  ['trace', 'read 148 bytes of 148'],
  ['info', 'dht: routing table has 4 buckets'],
  ['warn', 'retrying the handshake with bob (2 of 5)'],
];

function meshRun({ peers, test, lines, lengthMs }: Options): readonly TmEvent[] {
  const random = createSeededEntropy(7);
  const script = createScript();
  const [first, second, third = first, fourth = second] = peers as readonly [PeerName, PeerName, ...PeerName[]];
  const commands = peers.flatMap((peer, i) => [
    { atMs: (i % 50) * 20, peer, command: 'connect' },
    { atMs: 10_000 + (i % 50) * 40, peer, command: `push|${peers[(i + 1) % peers.length]}|hello-from-${peer}` },
  ]);
  commands.push({ atMs: 22_000, peer: fourth, command: 'restart|5' });
  commands.sort((a, b) => a.atMs - b.atMs);
  const entries = commands.map((command, index) => ({ index, ...command }));
  const expected = expectationsOf(peers);
  script.at(0, runStarted(peers, test), { type: 'phase', phase: 'planning' });
  script.at(
    1,
    {
      type: 'test-described',
      peers: peers.map((peer, i) => ({ peer, host: hostOf(i), image: NODE })),
      timeline: { entries, lengthMs },
      expectations: expected.map(([expectation]) => expectation),
      timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
      vars: { size: String(peers.length) },
    },
    { type: 'host-described', host: HOSTS[0]!, engine: 'Docker 27.1.0', clock: { aheadMs: 0.4, uncertaintyMs: 0.6 } },
    {
      type: 'host-described',
      host: HOSTS[1]!,
      engine: 'Docker 20.10.24',
      clock: { aheadMs: -2310, uncertaintyMs: 12 },
    },
  );
  script.at(6_000, { type: 'bus-ready', redis: 'Redis 7.0.15', precision: 'replicated' });
  script.at(6_400, { type: 'phase', phase: 'monitoring' });
  const dies = ZERO + lengthMs * 0.78;
  for (const [i, peer] of peers.entries()) {
    const status = (ms: number, text: string): void =>
      script.at(ms, { type: 'peer-status', peer, status: text, missed: 0, via: 'replication' });
    status(6_500 + random.below(1_700), `started|/ip4/10.0.0.${i % 250}/udp/11984/quic-v1`);
    const connect = ZERO + (i % 50) * 20;
    status(connect + 3, 'connecting');
    status(connect + 40 + random.below(900), 'connected');
    if (peer === third) {
      script.at(dies, {
        type: 'peer-died',
        peer,
        host: hostOf(i),
        exitCode: 137,
        oomKilled: true,
        memoryBytes: 2 ** 28,
        lastLines: ['rotating the keys', 'error allocating 98304 bytes'],
      });
      continue;
    }
    if (peer === fourth) {
      status(ZERO + 22_040, 'restarting');
      script.at(ZERO + 22_050, { type: 'peer-restarting', peer, delayMs: 5_000 });
      status(ZERO + 27_300, 'started|/ip4/10.0.0.8/udp/11984/quic-v1');
      status(ZERO + 27_301, 'connecting');
      status(ZERO + 27_302, 'connected');
    } else if (i % 7 === 4) {
      status(ZERO + 15_000, 'syncing');
      status(ZERO + 18_500 + random.below(4_000), 'connected');
      status(ZERO + lengthMs * 0.85, 'disconnecting');
      status(ZERO + lengthMs * 0.85 + 800, 'disconnected');
    }
    script.at(ZERO + lengthMs + 40, { type: 'message-sent', peer, command: 'shutdown', origin: 'shutdown' });
    script.at(ZERO + lengthMs + 42, { type: 'command-taken', peer, command: 'shutdown', afterMs: 2 });
    status(ZERO + lengthMs + 60 + random.below(300), 'stopped');
    script.at(ZERO + lengthMs + 400 + random.below(80), { type: 'peer-exited', peer, host: hostOf(i), exitCode: 0 });
  }
  for (const { index, atMs, peer, command } of entries) {
    if (peer === third && atMs > lengthMs * 0.78) continue;
    const sentMs = atMs + (index === 7 ? 640 : 0.4);
    const afterMs = index === 3 ? 1_900 : 0.6 + random.below(40) / 10;
    script.at(ZERO + sentMs, { type: 'command-sent', index, peer, command, dueMs: atMs, sentMs });
    script.at(ZERO + sentMs + afterMs, { type: 'command-taken', index, peer, command, afterMs });
  }
  for (let i = 0; i < lines; i++) {
    const [level, message] = MESSAGES[random.below(MESSAGES.length)] ?? ['info', ''];
    const peer = peers[random.below(peers.length)] ?? first;
    const ms = ZERO + random.below(Math.floor(peer === third ? lengthMs * 0.77 : lengthMs));
    script.at(ms, { type: 'log', peer, level, message });
  }
  const asleep = peers.at(-1) ?? first;
  script.at(ZERO + 21_000, { type: 'peer-silent', peer: asleep, forMs: 10_003, lastAt: '2026-02-03T14:02:24.120Z' });
  script.at(ZERO + 26_003, { type: 'peer-heard', peer: asleep, afterMs: 15_006 });
  script.at(ZERO + 37_000, { type: 'peer-silent', peer: asleep, forMs: 10_000, lastAt: '2026-02-03T14:02:40.120Z' });
  script.at(ZERO + 15_200, { type: 'log', peer: second, level: 'warn', message: 'pull: no messages' });
  script.at(ZERO + lengthMs * 0.779, {
    type: 'log',
    peer: third,
    level: 'error',
    message: 'error allocating 98304 bytes',
  });
  script.at(ZERO, { type: 'timeline-started', commands: entries.length, lengthMs });
  script.at(ZERO + lengthMs, { type: 'timeline-ended', ms: lengthMs });
  ends(script, ZERO + lengthMs + 600, third, expected);
  return inOrder(script.events);
}

type Expected = readonly [Expectation, ExpectationOutcome, string, readonly Sighting[], readonly Sighting[]];

function expectationsOf(peers: readonly PeerName[]): readonly Expected[] {
  const [first, second, third = first] = peers as readonly [PeerName, PeerName, ...PeerName[]];
  const make = (id: number, text: string, some: readonly PeerName[], fromMs?: number, byMs?: number): Expectation => ({
    id,
    text,
    line: 41 + id,
    peers: some,
    count: some.length,
    condition: { kind: 'status', status: { kind: 'text', text: 'connected' } },
    never: false,
    window: {
      kind: 'timeline',
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(byMs === undefined ? {} : { byMs }),
    },
  });
  const log = (peer: PeerName, atMs: number, text: string): Sighting => ({ peer, kind: 'log', text, atMs });
  return [
    [
      make(0, 'every peer: status connected by 15 s', peers, undefined, 15_000),
      'met',
      `the last one, ${second}, reported it at 0.912 s`,
      [{ peer: second, kind: 'status', text: 'connected', atMs: 912 }],
      [],
    ],
    [
      make(1, `${second}: log "pulled" from 10 s by 20 s`, [second], 10_000, 20_000),
      'unmet',
      `${second} wrote 31 lines in that time, none of them like it`,
      [log(second, 15_200, 'pull: no messages')],
      [
        log(second, 14_871, 'gossip: 3 new records, 14 known, none expired'),
        log(second, 15_200, 'pull: no messages'),
        log(second, 15_644, 'ping: rtt 1.8 ms'),
      ],
    ],
    [
      make(2, `${third}: status connected for 30 s`, [third]),
      'unmet',
      `${third} died after it had held for 30.8 s less 0.4 s`,
      [{ peer: third, kind: 'exit', text: '137', atMs: 31_200 }],
      [],
    ],
    [make(3, 'every peer: log /panic|fatal/i never', peers), 'met', 'none of the peers wrote it', [], []],
    [make(4, `${first}: exit 0`, [first]), 'met', `${first} ended with 0`, [], []],
  ];
}

function ends(script: Script, at: number, dead: PeerName, expected: readonly Expected[]): void {
  for (const [{ id, window }, outcome, because, sightings, around] of expected) {
    const { fromMs, byMs } = window.kind === 'timeline' ? window : {};
    script.at(at, {
      type: 'expectation-decided',
      expectation: id,
      outcome,
      because,
      window: { ...(fromMs === undefined ? {} : { fromMs }), ...(byMs === undefined ? {} : { toMs: byMs }) },
      sightings,
      around,
    });
  }
  const died = `${dead} died: exited with 137 (out of memory) 21.2 s after "push|dave|hello-from-${dead}"`;
  script.at(
    at + 1,
    { type: 'rule-decided', rule: 'started', outcome: 'met', reasons: [] },
    { type: 'rule-decided', rule: 'alive', outcome: 'unmet', reasons: [died] },
    { type: 'rule-decided', rule: 'taken', outcome: 'met', reasons: [] },
    { type: 'rule-decided', rule: 'stopped', outcome: 'met', reasons: [] },
    { type: 'verdict', verdict: { kind: 'failed', reasons: [died, '2 of 5 expectations are unmet'] } },
    {
      type: 'evidence-saved',
      files: [
        { path: 'containers/bob.log', bytes: 16_000_000, cut: 24_000_000 },
        { path: 'plan.json', bytes: 4_200, cut: 0 },
      ],
    },
  );
  script.at(at + 2_300, { type: 'run-ended', exitCode: 1, ms: at + 2_300, left: [] });
}
