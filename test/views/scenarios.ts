/** Whole runs as lists of events, for tests of the views and for the demo: what an engine would tell, at which moment. */
import type { EventBody, TmEvent } from '../../src/model/event.ts';
import type { Fault } from '../../src/model/fault.ts';
import { hostName, imageRef, type PeerName, peerName, runId, testName } from '../../src/model/names.ts';
import type { Action, Plan, PlanSummary, Step, StepId } from '../../src/model/plan.ts';

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
  script.at(515, { type: 'bus-ready', redis: '192.0.2.10:6399', precision: 'notified' });
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
