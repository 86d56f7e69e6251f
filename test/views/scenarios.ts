/** Whole runs as lists of events, for tests of the views and for the demo: what an engine would tell, at which moment. */

import type { EventBody, TmEvent } from '../../src/model/event.ts';
import type { CommandWait, Condition, Expectation, Pattern } from '../../src/model/expectation.ts';
import { RULES } from '../../src/model/expectation.ts';
import type { Fault } from '../../src/model/fault.ts';
import { hostName, imageRef, type PeerName, peerName, runId, testName } from '../../src/model/names.ts';
import type { Action, Plan, PlanSummary, Step, StepId } from '../../src/model/plan.ts';
import type { TimelineEntry } from '../../src/model/timeline.ts';
import type { LogLevel } from '../../src/model/wire.ts';

/** Stamps bodies: `at(12_031, body)`. Moments are milliseconds since the run began. */
export interface Script {
  at(ms: number, ...bodies: readonly EventBody[]): void;
  readonly events: TmEvent[];
}

const BEGAN = Date.UTC(2026, 1, 3, 14, 2, 11, 31);

export function createScript(): Script {
  const events: TmEvent[] = [];
  return {
    events,
    at(ms, ...bodies) {
      for (const body of bodies) {
        events.push({ seq: events.length + 1, atMs: ms, time: new Date(BEGAN + ms).toISOString(), ...body });
      }
    },
  };
}

/** Events in the order of their moments, numbered anew: scripts may be written part by part. */
export function inOrder(events: readonly TmEvent[]): readonly TmEvent[] {
  return [...events].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq).map((event, i) => ({ ...event, seq: i + 1 }));
}

export const GARAGE = hostName('garage');
export const CLOUD = hostName('cloud');
export const NODE = imageRef('ghcr.io/acme/node:1.4');
export const FIVE: readonly PeerName[] = ['alice', 'bob', 'charlie', 'dave', 'eve'].map(peerName);
const [ALICE, BOB, CHARLIE, DAVE, EVE] = FIVE as readonly [PeerName, PeerName, PeerName, PeerName, PeerName];

export function runStarted(peers: readonly PeerName[], test = 'smoke-5peer'): EventBody {
  return {
    type: 'run-started',
    run: runId(`${test}-2026-02-03-14-02-11`),
    test: testName(test),
    version: '0.1.0',
    file: 'smoke.yaml',
    resumed: false,
    peers,
    directory: `.tm/${test}/runs/${test}-2026-02-03-14-02-11`,
  };
}

export const step = (id: StepId, action: Action, ...after: readonly StepId[]): Step => ({
  id,
  action,
  because: 'not there',
  after,
});

export const runPeer = (peer: PeerName, on: typeof GARAGE): Step =>
  step(`run:${on}:tm-${peer}`, {
    kind: 'peer.run',
    on,
    peer,
    name: `tm-${peer}`,
    port: 11984,
    spec: 'f00d',
    workload: { kind: 'container', image: NODE, environment: {}, ports: [], volumes: [] },
  });

export const removePeer = (peer: PeerName, on: typeof GARAGE): Step =>
  step(`remove:${on}:tm-${peer}`, { kind: 'peer.remove', on, name: `tm-${peer}`, id: `id-${peer}` });

export const sendImage = (on: typeof GARAGE, bytes: number): Step =>
  step(`send:${on}:${NODE}`, { kind: 'image.send', on, ref: NODE, have: [], bytes });

export function planned(
  intent: Plan['intent'],
  steps: readonly Step[],
  summary: Partial<PlanSummary>,
  ms: number,
): EventBody {
  return {
    type: 'planned',
    plan: {
      intent,
      test: testName('smoke-5peer'),
      changes: [],
      steps,
      timeline: { entries: [], lengthMs: 40_000 },
      warnings: [],
    },
    summary: { add: 0, update: 0, replace: 0, remove: 0, conflicts: 0, bytesToSend: 0, ...summary },
    ms,
  };
}

/** One step from start to end. */
function stepRuns(script: Script, from: number, ms: number, id: StepId, intent: 'apply' | 'teardown' = 'apply') {
  script.at(from, { type: 'step-started', step: id, intent });
  script.at(from + ms, { type: 'step-finished', step: id, ms });
}

/** The beginning that most runs share: two hosts, an image, five peers. The timeline begins at 2134 ms. */
export function startsFive(script: Script): void {
  const steps = [
    step('redis:start', { kind: 'redis.start' }),
    step('redis:prepare', { kind: 'redis.prepare', peers: FIVE }),
    sendImage(GARAGE, 18_200_000),
    ...[ALICE, CHARLIE, EVE].map((peer) => runPeer(peer, GARAGE)),
    ...[BOB, DAVE].map((peer) => runPeer(peer, CLOUD)),
  ];
  script.at(0, runStarted(FIVE), { type: 'phase', phase: 'planning' });
  script.at(204, planned('apply', steps, { add: 8, bytesToSend: 18_200_000 }, 204), {
    type: 'phase',
    phase: 'applying',
  });
  stepRuns(script, 210, 290, 'redis:start');
  stepRuns(script, 501, 12, 'redis:prepare');
  script.at(515, { type: 'bus-ready', redis: 'Redis 7.0.15', precision: 'notified' });
  const send = `send:garage:${NODE}`;
  script.at(212, { type: 'step-started', step: send, intent: 'apply' });
  for (const [ms, done] of [
    [300, 4.1],
    [400, 8.3],
    [500, 12.5],
    [600, 18.2],
  ] as const) {
    script.at(ms, { type: 'step-progress', step: send, done: done * 1e6, total: 18_200_000 });
  }
  script.at(712, { type: 'step-finished', step: send, ms: 500 });
  for (const [i, peer] of [BOB, DAVE].entries()) stepRuns(script, 520, 400 + i * 90, `run:cloud:tm-${peer}`);
  for (const [i, peer] of [ALICE, CHARLIE, EVE].entries()) stepRuns(script, 715, 700 + i * 80, `run:garage:tm-${peer}`);
  script.at(1100, { type: 'log', peer: BOB, level: 'info', message: 'listening on /ip4/0.0.0.0/udp/11984/quic-v1' });
  script.at(1580, { type: 'phase', phase: 'monitoring' });
  for (const [i, peer] of FIVE.entries()) {
    script.at(1600 + i * 100, {
      type: 'peer-status',
      peer,
      status: `started|/ip4/10.0.0.${i + 5}/udp/11984`,
      missed: 0,
      via: 'notification',
    });
  }
  script.at(2010, { type: 'message-sent', peer: BOB, command: 'peer|/ip4/10.0.0.5/udp/11984', origin: 'bootstrap' });
  script.at(2011, { type: 'command-taken', peer: BOB, command: 'peer|/ip4/10.0.0.5/udp/11984', afterMs: 1 });
  script.at(2134, { type: 'timeline-started', commands: 5, lengthMs: 31_900 });
}

const ZERO = 2134;

/** A command, its receipt, and where it is in the timeline. */
export function command(
  script: Script,
  index: number,
  due: number,
  peer: PeerName,
  text: string,
  afterMs = 1,
  late = 0,
): void {
  const sent = due + late;
  script.at(ZERO + sent, { type: 'command-sent', index, peer, command: text, dueMs: due, sentMs: sent });
  script.at(ZERO + sent + afterMs, { type: 'command-taken', index, peer, command: text, afterMs });
}

const status = (peer: PeerName, text: string, missed = 0): EventBody => ({
  type: 'peer-status',
  peer,
  status: text,
  missed,
  via: 'notification',
});

/** Shutdown messages, statuses, teardown of those who still run, and the run's end. */
export function endsFive(
  script: Script,
  from: number,
  alive: readonly PeerName[],
  verdict: EventBody,
  left: readonly string[] = [],
): void {
  for (const peer of alive) script.at(from, { type: 'message-sent', peer, command: 'shutdown', origin: 'shutdown' });
  for (const [i, peer] of alive.entries()) {
    script.at(from + 30 + i * 7, status(peer, 'stopped'));
    script.at(from + 60 + i * 7, { type: 'peer-exited', peer, host: GARAGE, exitCode: 0 });
  }
  script.at(from + 120, verdict, { type: 'phase', phase: 'tearingDown' });
  const steps = [
    ...FIVE.map((peer) => removePeer(peer, peer === BOB || peer === DAVE ? CLOUD : GARAGE)),
    step('redis:remove', { kind: 'redis.remove' }),
  ];
  script.at(from + 140, planned('teardown', steps, { remove: 6 }, 18));
  for (const [i, { id }] of steps.entries()) stepRuns(script, from + 150, 180 + i * 20, id, 'teardown');
  script.at(from + 500, { type: 'phase', phase: 'done' });
  script.at(from + 505, { type: 'run-ended', exitCode: 0, ms: from + 505, left });
}

/** A test that goes well. */
export function passes(): readonly TmEvent[] {
  const script = createScript();
  startsFive(script);
  command(script, 0, 0, ALICE, 'connect', 2);
  command(script, 1, 0, BOB, 'connect', 1);
  script.at(ZERO + 41, status(ALICE, 'connected'));
  script.at(ZERO + 44, status(BOB, 'connected', 1));
  command(script, 2, 10_000, ALICE, 'push|bob|hello-from-alice', 1);
  script.at(ZERO + 10_213, { type: 'log', peer: BOB, level: 'info', message: 'got hello-from-alice' });
  script.at(ZERO + 10_214, { type: 'log', peer: BOB, level: 'debug', message: 'queue is empty' });
  command(script, 3, 20_000, DAVE, 'restart|5', 812, 130);
  script.at(ZERO + 20_950, status(DAVE, 'restarting'), { type: 'peer-restarting', peer: DAVE, delayMs: 5000 });
  script.at(ZERO + 26_100, status(DAVE, 'started|/ip4/10.0.0.8/udp/11984'));
  command(script, 4, 31_900, EVE, 'pull', 1);
  script.at(ZERO + 31_950, { type: 'log', peer: EVE, level: 'warn', message: 'no messages' });
  script.at(ZERO + 31_960, { type: 'timeline-ended', ms: 31_960 });
  script.at(
    ZERO + 31_965,
    ...RULES.map((rule) => ({ type: 'rule-decided', rule, outcome: 'met', reasons: [] }) as const),
  );
  endsFive(script, ZERO + 31_970, FIVE, { type: 'verdict', verdict: { kind: 'passed' } });
  return inOrder(script.events);
}

/** A peer runs out of memory. */
export function dies(): readonly TmEvent[] {
  const script = createScript();
  startsFive(script);
  command(script, 0, 0, ALICE, 'connect', 2);
  script.at(ZERO + 41, status(ALICE, 'connected'));
  command(script, 1, 25_000, CHARLIE, 'rotate-key', 1);
  script.at(ZERO + 31_870, {
    type: 'peer-died',
    peer: CHARLIE,
    host: GARAGE,
    exitCode: 137,
    oomKilled: true,
    memoryBytes: 256 * 2 ** 20,
    lastLines: ['info rotating', 'error allocating 98304 bytes'],
  });
  script.at(ZERO + 31_900, {
    type: 'command-skipped',
    index: 2,
    peer: CHARLIE,
    command: 'pull',
    because: 'charlie is dead',
  });
  command(script, 3, 31_900, EVE, 'pull', 1);
  script.at(ZERO + 31_960, { type: 'timeline-ended', ms: 31_960 });
  const reasons = ['charlie died: exited with 137 (out of memory) 6.9 s after "rotate-key"', '1 command was not sent'];
  endsFive(
    script,
    ZERO + 31_970,
    FIVE.filter((peer) => peer !== CHARLIE),
    { type: 'verdict', verdict: { kind: 'failed', reasons } },
  );
  return inOrder(script.events);
}

/** What `expects` asks for, in the words of its file. */
const EXPECTED: readonly Expectation[] = [
  expectation(0, 'bob: status connected by 15 s', [BOB], { kind: 'status', status: text('connected') }, 0, 15_000),
  expectation(1, 'bob: log "hello" from 10 s by 20 s', [BOB], { kind: 'log', log: text('hello') }, 10_000, 20_000),
  expectation(2, 'eve: log "pulled" by 34 s', [EVE], { kind: 'log', log: text('pulled') }, undefined, 34_000),
  {
    ...expectation(3, 'every peer: log /panic|fatal/i never', FIVE, {
      kind: 'log',
      log: { kind: 'regex', source: 'panic|fatal', flags: 'iu' },
    }),
    never: true,
  },
  expectation(4, 'dave: exit 0', [DAVE], { kind: 'exit', code: 0 }),
];

function text(word: string): Pattern {
  return { kind: 'text', text: word };
}

function expectation(
  id: number,
  words: string,
  peers: readonly PeerName[],
  condition: Condition,
  fromMs?: number,
  byMs?: number,
): Expectation {
  const window = {
    kind: 'timeline',
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(byMs === undefined ? {} : { byMs }),
  } as const;
  return { id, text: words, line: 30 + id, peers, count: peers.length, condition, never: false, window };
}

/** A test with a command that waits and five expectations, of which two are not met. */
export function expects(): readonly TmEvent[] {
  const script = createScript();
  startsFive(script);
  const waits: CommandWait = {
    kind: 'when',
    since: 1,
    withinMs: 5000,
    all: [{ peers: [BOB], count: 1, condition: { kind: 'log', log: text('hello') }, text: 'bob: log "hello"' }],
  };
  const entries: readonly TimelineEntry[] = [
    { index: 0, atMs: 0, peer: BOB, command: 'connect' },
    { index: 1, atMs: 10_000, peer: ALICE, command: 'push|bob|hello' },
    { index: 2, atMs: 10_000, peer: EVE, command: 'pull', waits },
  ];
  script.at(0, {
    type: 'test-described',
    peers: FIVE.map((peer) => ({ peer, host: peer === BOB || peer === DAVE ? CLOUD : GARAGE, image: NODE })),
    timeline: { entries, lengthMs: 10_000 },
    expectations: EXPECTED,
    timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
    vars: { size: '9' },
  });
  script.at(
    150,
    { type: 'host-described', host: GARAGE, engine: 'Docker 20.10.24', clock: { aheadMs: 0.4, uncertaintyMs: 0.6 } },
    { type: 'host-described', host: CLOUD, engine: 'Docker 27.1.0', clock: { aheadMs: -2310, uncertaintyMs: 12 } },
  );
  const log = (peer: PeerName, message: string, level: LogLevel = 'info'): EventBody => ({
    type: 'log',
    peer,
    level,
    message,
  });
  command(script, 0, 0, BOB, 'connect', 2);
  script.at(ZERO + 41, status(BOB, 'connected'), {
    type: 'expectation-decided',
    expectation: 0,
    outcome: 'met',
    because: 'bob reported it at 0.041 s',
    window: { fromMs: 0, toMs: 15_000 },
    sightings: [{ peer: BOB, kind: 'status', text: 'connected', atMs: 41 }],
    around: [],
  });
  command(script, 1, 10_000, ALICE, 'push|bob|hello', 1);
  script.at(ZERO + 10_001, { type: 'command-waiting', index: 2, peer: EVE, command: 'pull', untilMs: 15_000 });
  script.at(ZERO + 10_213, log(BOB, 'got hello-from-alice'), {
    type: 'expectation-decided',
    expectation: 1,
    outcome: 'met',
    because: 'bob wrote it at 10.213 s',
    window: { fromMs: 10_000, toMs: 20_000 },
    sightings: [{ peer: BOB, kind: 'log', text: 'got hello-from-alice', atMs: 10_213 }],
    around: [],
  });
  command(script, 2, 10_214, EVE, 'pull', 1);
  script.at(
    ZERO + 12_000,
    { type: 'message-sent', peer: EVE, command: 'stats', origin: 'hand', by: 'ana@laptop', request: 'r1' },
    {
      type: 'hand-refused',
      peer: 'ev',
      command: 'stats',
      by: 'ana@laptop',
      request: 'r2',
      because: 'there is no such peer',
    },
  );
  script.at(ZERO + 14_900, log(EVE, 'pull: asking bob'));
  script.at(ZERO + 15_200, log(EVE, 'pull: no messages', 'warn'));
  script.at(ZERO + 15_900, log(EVE, 'idle'));
  script.at(ZERO + 34_000, {
    type: 'expectation-decided',
    expectation: 2,
    outcome: 'unmet',
    because: 'eve wrote 3 lines until 34 s, none of them like it',
    window: { toMs: 34_000 },
    sightings: [{ peer: EVE, kind: 'log', text: 'pull: no messages', atMs: 15_200 }],
    around: [
      { peer: EVE, kind: 'log', text: 'pull: asking bob', atMs: 14_900 },
      { peer: EVE, kind: 'log', text: 'pull: no messages', atMs: 15_200 },
      { peer: EVE, kind: 'log', text: 'idle', atMs: 15_900 },
    ],
  });
  script.at(ZERO + 34_010, { type: 'timeline-ended', ms: 34_010 });
  script.at(ZERO + 34_030, log(EVE, 'pulled 1 message'), {
    type: 'expectation-late',
    expectation: 2,
    sighting: { peer: EVE, kind: 'log', text: 'pulled 1 message', atMs: 34_030 },
  });
  script.at(ZERO + 34_200, {
    type: 'peer-died',
    peer: DAVE,
    host: CLOUD,
    exitCode: 3,
    oomKilled: false,
    lastLines: ['assertion failed'],
  });
  const died = 'dave died: exited with 3';
  script.at(
    ZERO + 34_205,
    {
      type: 'expectation-decided',
      expectation: 4,
      outcome: 'unmet',
      because: 'dave ended with 3 at 34.200 s',
      window: {},
      sightings: [{ peer: DAVE, kind: 'exit', text: '3', atMs: 34_200 }],
      around: [],
    },
    {
      type: 'expectation-decided',
      expectation: 3,
      outcome: 'met',
      because: 'none of 5 peers wrote it',
      window: {},
      sightings: [],
      around: [],
    },
    { type: 'rule-decided', rule: 'started', outcome: 'met', reasons: [] },
    { type: 'rule-decided', rule: 'alive', outcome: 'unmet', reasons: [died] },
    { type: 'rule-decided', rule: 'taken', outcome: 'met', reasons: [] },
    { type: 'rule-decided', rule: 'stopped', outcome: 'met', reasons: [] },
    {
      type: 'evidence-saved',
      files: [
        { path: 'containers/eve.log', bytes: 16_000_000, cut: 24_000_000 },
        { path: 'plan.json', bytes: 4_200, cut: 0 },
      ],
    },
  );
  endsFive(
    script,
    ZERO + 34_100,
    FIVE.filter((peer) => peer !== DAVE),
    { type: 'verdict', verdict: { kind: 'failed', reasons: [died, '2 of 5 expectations unmet'] } },
  );
  return inOrder(script.events);
}

/** Ctrl-C in the middle; one container cannot be removed. */
export function isInterrupted(): readonly TmEvent[] {
  const script = createScript();
  startsFive(script);
  command(script, 0, 0, ALICE, 'connect', 2);
  script.at(ZERO + 3000, { type: 'bus-lost', because: 'connection reset' });
  script.at(ZERO + 4200, { type: 'bus-restored', afterMs: 1200 });
  script.at(ZERO + 9000, { type: 'stop-requested', by: 'SIGINT' });
  endsFive(
    script,
    ZERO + 9010,
    FIVE,
    { type: 'verdict', verdict: { kind: 'interrupted', by: 'SIGINT', reasons: ['4 of 5 commands were not sent'] } },
    ['garage: tm-eve (running)', 'redis: tm-redis'],
  );
  return inOrder(script.events);
}

/** Two hosts refuse: there is no plan. */
export function cannotStart(): readonly TmEvent[] {
  const script = createScript();
  const faults: readonly Fault[] = [
    {
      kind: 'unreachable',
      what: 'host',
      host: GARAGE,
      message: 'garage (10.0.0.5:22) does not answer',
      hint: 'ssh deploy@10.0.0.5 shows whether it is there',
    },
    {
      kind: 'host-key',
      host: CLOUD,
      message: 'the host key of cloud (203.0.113.7) is unknown',
      hint: 'ssh-keyscan -H 203.0.113.7 >> ~/.ssh/known_hosts, or host_key: accept-new',
    },
  ];
  script.at(0, runStarted(FIVE), { type: 'phase', phase: 'planning' });
  script.at(5020, { type: 'verdict', verdict: { kind: 'errored', faults } }, { type: 'phase', phase: 'done' });
  script.at(5021, { type: 'run-ended', exitCode: 4, ms: 5021, left: [] });
  return inOrder(script.events);
}

/** A port is taken on one host while forty peers start, and the run never comes to its timeline. */
export function manyPeers(): readonly TmEvent[] {
  const script = createScript();
  const peers = Array.from({ length: 40 }, (_, i) => peerName(`peer-${String(i).padStart(2, '0')}`));
  const hostOf = (i: number) => (i % 2 === 0 ? GARAGE : CLOUD);
  const steps = [
    step('redis:start', { kind: 'redis.start' }),
    sendImage(GARAGE, 241_000_000),
    ...peers.map((peer, i) => runPeer(peer, hostOf(i))),
  ];
  script.at(0, runStarted(peers, 'mesh-40'), { type: 'phase', phase: 'planning' });
  script.at(300, planned('apply', steps, { add: 42, bytesToSend: 241_000_000 }, 300), {
    type: 'phase',
    phase: 'applying',
  });
  stepRuns(script, 310, 300, 'redis:start');
  const send = `send:garage:${NODE}`;
  script.at(310, { type: 'step-started', step: send, intent: 'apply' });
  for (let i = 1; i <= 50; i++) {
    script.at(310 + i * 250, { type: 'step-progress', step: send, done: i * 4_820_000, total: 241_000_000 });
  }
  script.at(14_310, { type: 'step-finished', step: send, ms: 14_000 });
  const taken: Fault = {
    kind: 'failed',
    host: CLOUD,
    message: 'peer-17: UDP port 11992 of cloud is taken',
    hint: 'choose another base_port for cloud, or free it: ss -ulpn sport = :11992',
  };
  for (const [i, peer] of peers.entries()) {
    const from = (i % 2 === 0 ? 14_400 : 700) + i * 60;
    const id = `run:${hostOf(i)}:tm-${peer}`;
    script.at(from, { type: 'step-started', step: id, intent: 'apply' });
    if (i === 17) script.at(from + 200, { type: 'step-failed', step: id, ms: 200, fault: taken });
    else script.at(from + 500, { type: 'step-finished', step: id, ms: 500 });
  }
  const end = 18_000;
  script.at(end, { type: 'verdict', verdict: { kind: 'errored', faults: [taken] } }, { type: 'phase', phase: 'done' });
  script.at(end + 4, {
    type: 'run-ended',
    exitCode: 4,
    ms: end + 4,
    left: ['garage: 20 containers', 'cloud: 19 containers', 'redis: tm-redis'],
  });
  return inOrder(script.events);
}

/** Peers whose logs try to break the terminal, or are just long. */
export function rudeLogs(): readonly TmEvent[] {
  const script = createScript();
  const long = peerName('a-peer-with-a-very-long-name-that-ends-in-7');
  const log = (message: string, level: 'error' | 'warn' | 'info' | 'debug' | 'trace' = 'info'): EventBody => ({
    type: 'log',
    peer: long,
    level,
    message,
  });
  script.at(0, runStarted([long, ALICE]), { type: 'phase', phase: 'monitoring' });
  script.at(1000, { type: 'timeline-started', commands: 0, lengthMs: 0 });
  script.at(1010, log('\u001b[31mred\u001b[0m and \u001b[2J\u001b]0;owned\u0007cleared\u0007'));
  script.at(
    1020,
    log('panicked at src/main.rs:41:\n  index out of bounds\r\n  note: run with RUST_BACKTRACE=1\n', 'error'),
  );
  script.at(1030, log('10 %\r20 %\r30 %\tdone \u202edlrow\u202c', 'warn'));
  script.at(1040, log('接続しました: 4 つのピア 👍 すべて正常に動作しています。次の試験に進みます。', 'info'));
  script.at(1050, log('the quick brown fox jumps over the lazy dog '.repeat(4).trim()));
  script.at(1060, log(`x${'0123456789abcdef'.repeat(200)}`));
  script.at(1070, log('quiet detail', 'debug'), log('quieter detail', 'trace'));
  script.at(1080, { type: 'warning', message: 'redis asks for more memory', hint: 'sysctl vm.overcommit_memory=1' });
  script.at(1090, { type: 'host-lost', host: GARAGE, because: 'the connection was closed' });
  script.at(1100, { type: 'verdict', verdict: { kind: 'failed', reasons: ['host garage was lost'] } });
  script.at(1110, { type: 'run-ended', exitCode: 1, ms: 1110, left: [] });
  return inOrder(script.events);
}
