/** A lively run of any number of peers, as events: for the screen's tests, its demo and its bench. */
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import type { Expectation } from '../../../src/model/expectation.ts';
import { type PeerName, peerName } from '../../../src/model/names.ts';
import { LOG_LEVELS } from '../../../src/model/wire.ts';
import { CLOUD, createScript, GARAGE, inOrder, NODE, planned, runPeer, runStarted } from '../scenarios.ts';

/** Names as people give them: long, wide, combined, from right to left. */
export const UNUSUAL_NAMES: readonly string[] = [
  '東京-ノード',
  'e\u0301toile',
  'שלום-peer',
  '👩‍👩‍👧-family',
  'a-very-long-name-of-a-peer-that-nobody-can-read-at-once',
  'नमस्ते',
];

export interface Crowd {
  readonly peers: number;
  /** Milliseconds of the run at which its timeline begins. */
  readonly zeroMs: number;
  readonly names?: readonly string[];
  readonly seconds?: number;
  readonly expectations?: number;
}

/** Status, log lines and commands of a crowd, up to the verdict; a tenth of the peers die. */
export function crowd({ peers: count, zeroMs, names = [], seconds = 20, expectations = 6 }: Crowd): readonly TmEvent[] {
  const script = createScript();
  const peers = Array.from({ length: count }, (_, i) => peerName(names[i] ?? `peer-${String(i).padStart(3, '0')}`));
  const host = (i: number) => (i % 2 === 0 ? GARAGE : CLOUD);
  const of = (i: number): PeerName => peers[i % count] ?? peerName('nobody');
  const entries = Array.from({ length: seconds * 2 }, (_, index) => ({
    index,
    atMs: index * 500,
    peer: of(index * 7),
    command: index % 3 === 0 ? `push|${of(index + 1)}|hello number ${index}` : 'connect',
  }));
  const expected = Array.from({ length: expectations }, (_, id) => expectation(id, of(id), seconds));
  script.at(0, runStarted(peers, 'crowd'));
  script.at(0, {
    type: 'test-described',
    peers: peers.map((peer, i) => ({ peer, host: host(i), image: NODE })),
    timeline: { entries, lengthMs: (seconds * 2 - 1) * 500 },
    expectations: expected,
    timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
    vars: {},
  });
  const steps = peers.map((peer, i) => runPeer(peer, host(i)));
  script.at(5, { type: 'phase', phase: 'planning' }, planned('apply', steps, { add: count }, 4));
  script.at(10, { type: 'phase', phase: 'applying' });
  for (const [i, { id }] of steps.entries()) {
    const at = 10 + (i * (zeroMs - 200)) / count;
    script.at(at, { type: 'step-started', step: id, intent: 'apply' });
    script.at(at + 100, { type: 'step-finished', step: id, ms: 100 });
  }
  script.at(zeroMs - 60, { type: 'phase', phase: 'monitoring' });
  for (const [i, peer] of peers.entries())
    script.at(zeroMs - 50 + (i * 40) / count, status(peer, `started|/ip4/10.0.0.${i % 250}/udp/11984`));
  script.at(zeroMs, { type: 'timeline-started', commands: entries.length, lengthMs: seconds * 1000 });
  for (const { index, atMs, peer, command } of entries) {
    const late = index % 5 === 0 ? 12 : 0.2;
    script.at(zeroMs + atMs + late, { type: 'command-sent', index, peer, command, dueMs: atMs, sentMs: atMs + late });
    if (index % 11 !== 10)
      script.at(zeroMs + atMs + late + 2, { type: 'command-taken', index, peer, command, afterMs: 2 });
    script.at(zeroMs + atMs + 40, status(peer, ['connecting', 'connected', 'syncing'][index % 3] ?? 'connected'));
  }
  for (let i = 0; i < seconds * 20; i++) {
    const level = LOG_LEVELS[(i * 7) % LOG_LEVELS.length] ?? 'info';
    const message = `line ${i}: ${i % 9 === 0 ? 'größe 東京 ✓ ' : ''}${'something happened here '.repeat(1 + (i % 6))}`;
    script.at(zeroMs + i * 50, { type: 'log', peer: of(i), level, message });
  }
  for (const { id } of expected.slice(0, Math.ceil(expectations / 2))) decide(id);
  for (let i = 9; i < count; i += 10)
    script.at(zeroMs + (seconds * 1000 * i) / count, {
      type: 'peer-died',
      peer: of(i),
      host: host(i),
      exitCode: 137,
      oomKilled: i % 20 === 9,
      lastLines: ['error allocating'],
    });
  script.at(zeroMs + 3000, { type: 'bus-lost', because: 'connection reset' });
  script.at(zeroMs + 4000, { type: 'bus-restored', afterMs: 1000 });
  script.at(zeroMs + seconds * 1000, { type: 'timeline-ended', ms: seconds * 1000 });
  const verdict = { kind: 'failed', reasons: ['peer-009 died', '1 of 6 expectations unmet'] } as const;
  script.at(zeroMs + seconds * 1000 + 20, { type: 'verdict', verdict }, { type: 'phase', phase: 'tearingDown' });
  script.at(zeroMs + seconds * 1000 + 50, { type: 'phase', phase: 'done' });
  script.at(zeroMs + seconds * 1000 + 60, { type: 'run-ended', exitCode: 1, ms: zeroMs + seconds * 1000, left: [] });
  return inOrder(script.events);

  function decide(id: number): void {
    const met = id % 2 === 0;
    script.at(zeroMs + 1000 * (id + 1), {
      type: 'expectation-decided',
      expectation: id,
      outcome: met ? 'met' : 'unmet',
      because: met ? 'it reported it at 0.540 s' : 'nothing matched, and its time is over',
      window: { toMs: 1000 * (id + 1) },
      sightings: [],
      around: [],
    });
  }
}

function expectation(id: number, peer: PeerName, seconds: number): Expectation {
  return {
    id,
    text: `${peer}: status connected by ${id + 1} s`,
    line: 40 + id,
    peers: [peer],
    count: 1,
    condition: { kind: 'status', status: { kind: 'text', text: 'connected' } },
    never: false,
    window: { kind: 'timeline', byMs: Math.min(seconds, id * 4 + 1) * 1000 },
  };
}

const status = (peer: PeerName, text: string): EventBody => ({
  type: 'peer-status',
  peer,
  status: text,
  missed: 0,
  via: 'notification',
});

/** Events up to a moment of the run. */
export const until = (events: readonly TmEvent[], ms: number): readonly TmEvent[] =>
  events.filter((event) => event.atMs <= ms);
