import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type {
  DescribedPeer,
  EventBody,
  EvidenceFile,
  StatusPrecision,
  StatusSource,
  Verdict,
} from '../../src/model/event.ts';
import type {
  CommandWait,
  Condition,
  Expectation,
  ExpectationOutcome,
  ExpectationWindow,
  Sighting,
} from '../../src/model/expectation.ts';
import { RULES } from '../../src/model/expectation.ts';
import type { Fault } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Action, Change, Plan } from '../../src/model/plan.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import * as scenarios from '../views/scenarios.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/event.schema.json', import.meta.url), 'utf8'));
const valid = new Ajv2020({ allErrors: true, strict: true, strictTypes: false }).compile(schema);

type Type = EventBody['type'];
type Of<T extends Type> = Extract<EventBody, { type: T }>;
// biome-ignore lint/complexity/noBannedTypes: `{}` is what a member that may be missing allows
type OptionalKeys<O> = { [K in keyof O]-?: {} extends Pick<O, K> ? K : never }[keyof O];

const ALICE = peerName('alice');
const HOST = hostName('garage');
const IMAGE = imageRef('ghcr.io/acme/node:1.4');

const RESOURCES: { [K in Change['resource']['kind']]: Required<Extract<Change['resource'], { kind: K }>> } = {
  image: { kind: 'image', ref: IMAGE },
  container: { kind: 'container', name: 'tm-alice', peer: ALICE, port: 11984 },
  process: { kind: 'process', name: 'tm-alice', peer: ALICE, port: 11984 },
  redis: { kind: 'redis', name: 'tm-redis', port: 6399 },
};

const ACTIONS: { [K in Action['kind']]: Required<Extract<Action, { kind: K }>> } = {
  'image.pull': { kind: 'image.pull', on: 'control', ref: IMAGE, refresh: true },
  'image.send': { kind: 'image.send', on: HOST, ref: IMAGE, have: ['sha256:00'], bytes: 1, pulledFirst: true },
  'image.remove': { kind: 'image.remove', on: HOST, ref: IMAGE },
  'redis.start': { kind: 'redis.start' },
  'redis.remove': { kind: 'redis.remove' },
  'redis.remove-former': {
    kind: 'redis.remove-former',
    redis: { kind: 'container', image: IMAGE, port: 6399, auth: 'generated' },
  },
  'redis.prepare': { kind: 'redis.prepare', peers: [ALICE] },
  'peer.run': {
    kind: 'peer.run',
    on: HOST,
    peer: ALICE,
    name: 'tm-alice',
    port: 11984,
    spec: 'f00d',
    workload: {
      kind: 'container',
      image: IMAGE,
      command: ['--fast'],
      environment: { PEER_NAME: 'alice' },
      ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      volumes: [{ source: '~/data', target: '/data', readOnly: true }],
      memoryBytes: 1,
      cpus: 0.5,
    },
  },
  'peer.remove': { kind: 'peer.remove', on: HOST, name: 'tm-alice', id: 'abc' },
};

const PROCESS: Action = {
  ...ACTIONS['peer.run'],
  workload: { kind: 'process', command: ['./peer'], workingDirectory: '.', environment: {} },
};

const PROCESS_REDIS: Action = {
  kind: 'redis.remove-former',
  redis: { kind: 'process', port: 6399, auth: 'none' },
};

const DEMANDS = {
  peers: [ALICE],
  count: 1,
  forMs: 30_000,
} as const;

const CONDITIONS: { [K in Condition['kind']]: Required<Extract<Condition, { kind: K }>> } = {
  status: { kind: 'status', status: { kind: 'text', text: 'connected' } },
  log: { kind: 'log', log: { kind: 'regex', source: 'panic|fatal', flags: 'iu' } },
  exit: { kind: 'exit', code: 0 },
};

const WINDOWS: { [K in ExpectationWindow['kind']]: Required<Extract<ExpectationWindow, { kind: K }>> } = {
  timeline: { kind: 'timeline', fromMs: -1000, byMs: 15_000 },
  command: { kind: 'command', command: 0, withinMs: 5000 },
};

const EXPECTATIONS = Object.values(CONDITIONS).flatMap((condition) =>
  Object.values(WINDOWS).map(
    (window, id): Required<Expectation> => ({
      id,
      text: 'alice: status connected by 15 s',
      line: 12,
      never: false,
      ...DEMANDS,
      condition,
      window,
    }),
  ),
);

const WAITS: { [K in CommandWait['kind']]: Required<Extract<CommandWait, { kind: K }>> } = {
  after: { kind: 'after', command: 0, delayMs: 3000 },
  when: {
    kind: 'when',
    since: 0,
    all: Object.values(CONDITIONS).map((condition) => ({ ...DEMANDS, condition, fromMs: 0, text: 'alice: exit 0' })),
    withinMs: 60_000,
  },
};

const TIMELINE: Timeline = {
  entries: [
    { index: 0, atMs: 0, id: 'join', peer: ALICE, command: 'connect' },
    ...Object.values(WAITS).map((waits, index) => ({ index: index + 1, atMs: 0, waits, peer: ALICE, command: 'pull' })),
  ],
  lengthMs: 0,
};

const SIGHTINGS = (['status', 'log', 'exit'] as const).map(
  (kind): Required<Sighting> => ({ peer: ALICE, kind, text: 'connected', atMs: -12.5 }),
);

const TEXT = { message: 'it failed', hint: 'try again' };
const FAULTS: { [K in Fault['kind']]: Required<Extract<Fault, { kind: K }>> } = {
  config: {
    kind: 'config',
    ...TEXT,
    faults: [
      {
        severity: 'error',
        code: 'unknown-key',
        message: 'unknown key',
        suggestion: 'did you mean "time"?',
        file: 'smoke.yaml',
        line: 1,
        column: 1,
        length: 4,
        source: 'tiem: 1',
      },
    ],
  },
  usage: { kind: 'usage', ...TEXT },
  unreachable: { kind: 'unreachable', ...TEXT, what: 'docker', host: HOST },
  'host-key': { kind: 'host-key', ...TEXT, host: HOST },
  locked: {
    kind: 'locked',
    ...TEXT,
    holder: { test: 'smoke', run: 'smoke-1', pid: 1, machine: 'laptop', user: 'me', since: '2026-02-03T14:02:11.000Z' },
  },
  conflict: { kind: 'conflict', ...TEXT, host: HOST },
  failed: { kind: 'failed', ...TEXT, host: HOST },
  aborted: { kind: 'aborted', ...TEXT },
};

const VERDICTS: { [K in Verdict['kind']]: Required<Extract<Verdict, { kind: K }>> } = {
  passed: { kind: 'passed' },
  failed: { kind: 'failed', reasons: ['alice died'] },
  interrupted: { kind: 'interrupted', by: 'SIGINT', reasons: [] },
  errored: { kind: 'errored', faults: Object.values(FAULTS) },
};

const PLAN: Required<Plan> = {
  intent: 'apply',
  test: testName('smoke'),
  resumes: runId('smoke-1'),
  changes: Object.values(RESOURCES).map(
    (resource): Required<Change> => ({
      kind: 'add',
      on: 'control',
      resource,
      because: 'not there',
      forcedBy: ['image'],
      transfer: { bytes: 1, totalBytes: 2, missingLayers: 1, totalLayers: 2 },
    }),
  ),
  steps: [...Object.values(ACTIONS), PROCESS, PROCESS_REDIS].map((action, i) => ({
    id: `${i}`,
    action,
    because: 'so',
    after: ['0'],
  })),
  timeline: TIMELINE,
  warnings: ['an unused image'],
};

/** Every type with every member that it can have. A new type or member is a compile error here. */
const FULL = {
  'run-started': {
    type: 'run-started',
    run: runId('smoke-1'),
    test: testName('smoke'),
    version: '0.1.0',
    file: 'smoke.yaml',
    resumed: false,
    peers: [ALICE],
    directory: '.tm/smoke',
  },
  'test-described': {
    type: 'test-described',
    peers: [{ peer: ALICE, host: HOST, image: IMAGE } satisfies Required<DescribedPeer>],
    timeline: TIMELINE,
    expectations: EXPECTATIONS,
    timeouts: { startupSeconds: 60, shutdownSeconds: 30 },
    vars: { size: '9' },
  },
  phase: { type: 'phase', phase: 'tearingDown' },
  warning: { type: 'warning', message: 'hm', hint: 'so' },
  planned: {
    type: 'planned',
    plan: PLAN,
    summary: { add: 1, update: 0, replace: 0, remove: 0, conflicts: 0, bytesToSend: 1 },
    ms: 204.5,
  },
  'step-started': { type: 'step-started', step: 'a', intent: 'teardown' },
  'step-progress': { type: 'step-progress', step: 'a', done: 1, total: 0 },
  'step-finished': { type: 'step-finished', step: 'a', ms: 1, note: 'there already' },
  'step-failed': { type: 'step-failed', step: 'a', ms: 1, fault: FAULTS.failed },
  'step-skipped': { type: 'step-skipped', step: 'a', because: 'b failed' },
  'host-described': {
    type: 'host-described',
    host: HOST,
    engine: 'Docker 20.10.24',
    clock: { aheadMs: -1250.5, uncertaintyMs: 0.4 },
  },
  'bus-ready': { type: 'bus-ready', redis: '192.0.2.10:6399', precision: 'polled' },
  'bus-lost': { type: 'bus-lost', because: 'reset' },
  'bus-restored': { type: 'bus-restored', afterMs: 1200 },
  'peer-status': {
    type: 'peer-status',
    peer: ALICE,
    status: 'started|/ip4/10.0.0.5',
    missed: 1,
    via: 'stream',
    reportedAt: '2026-02-03T14:02:11.031Z',
  },
  log: { type: 'log', peer: ALICE, level: 'trace', message: 'a\nb' },
  'message-sent': {
    type: 'message-sent',
    peer: ALICE,
    command: 'pull',
    origin: 'hand',
    by: 'dev@laptop',
    request: 'f00d',
  },
  'timeline-started': { type: 'timeline-started', commands: 1, lengthMs: 40_000 },
  'command-sent': { type: 'command-sent', index: 0, peer: ALICE, command: 'pull', dueMs: 0, sentMs: 0.4 },
  'command-waiting': { type: 'command-waiting', index: 0, peer: ALICE, command: 'pull', untilMs: 60_000 },
  'command-taken': { type: 'command-taken', index: 0, request: 'f00d', peer: ALICE, command: 'pull', afterMs: 0.9 },
  'command-skipped': { type: 'command-skipped', index: 0, peer: ALICE, command: 'pull', because: 'dead' },
  'timeline-ended': { type: 'timeline-ended', ms: 40_001.2 },
  'peer-died': {
    type: 'peer-died',
    peer: ALICE,
    host: HOST,
    exitCode: 137,
    oomKilled: true,
    lastLines: ['bye'],
    memoryBytes: 268435456,
  },
  'peer-exited': { type: 'peer-exited', peer: ALICE, host: HOST, exitCode: 0 },
  'peer-restarting': { type: 'peer-restarting', peer: ALICE, delayMs: 5000 },
  'peer-silent': { type: 'peer-silent', peer: ALICE, forMs: 10_003, lastAt: '2026-02-03T14:02:18.120Z' },
  'peer-heard': { type: 'peer-heard', peer: ALICE, afterMs: 25_010 },
  'host-lost': { type: 'host-lost', host: HOST, because: 'closed' },
  'expectation-decided': {
    type: 'expectation-decided',
    expectation: 0,
    outcome: 'unmet',
    because: 'alice never reported it',
    window: { fromMs: -12, toMs: 15_000 },
    sightings: SIGHTINGS,
    around: SIGHTINGS,
  },
  'expectation-late': { type: 'expectation-late', expectation: 0, sighting: SIGHTINGS[0]! },
  'rule-decided': { type: 'rule-decided', rule: 'alive', outcome: 'unmet', reasons: ['alice died'] },
  'evidence-saved': {
    type: 'evidence-saved',
    files: [{ path: 'plan.json', bytes: 1, cut: 0 } satisfies Required<EvidenceFile>],
  },
  'hand-refused': {
    type: 'hand-refused',
    peer: 'nobody',
    command: 'pull',
    by: 'dev@laptop',
    request: 'f00d',
    because: 'there is no such peer',
  },
  'stop-requested': { type: 'stop-requested', by: 'SIGINT' },
  verdict: { type: 'verdict', verdict: VERDICTS.failed },
  'run-ended': { type: 'run-ended', exitCode: 0, ms: 40_505, left: ['garage: tm-alice'] },
} satisfies { [T in Type]: Required<Of<T>> };

/** Every member that may be missing; complete, or it does not compile. */
const OPTIONAL: { [T in Type as OptionalKeys<Of<T>> extends never ? never : T]: Record<OptionalKeys<Of<T>>, true> } = {
  warning: { hint: true },
  'step-finished': { note: true },
  'host-described': { clock: true },
  'peer-status': { reportedAt: true },
  'message-sent': { by: true, request: true },
  'command-taken': { index: true, request: true },
  'peer-died': { exitCode: true, memoryBytes: true },
  'peer-exited': { exitCode: true },
};

const STAMP = { seq: 1, atMs: 12.031, time: '2026-02-03T14:02:11.031Z' };
const types = Object.keys(FULL) as Type[];

/** Why the schema refuses an event; empty where it accepts it. */
function refusal(event: unknown): readonly string[] {
  return valid(event) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const without = (event: object, member: string): object =>
  Object.fromEntries(Object.entries(event).filter(([key]) => key !== member));

/** Copies of a value, each with one unknown member in another of its objects. */
function intrusions(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => intrusions(item).map((changed) => value.with(i, changed)));
  }
  if (value === null || typeof value !== 'object') return [];
  const inside = Object.entries(value)
    // The names of environment variables are anybody's.
    .filter(([key]) => key !== 'environment' && key !== 'vars')
    .flatMap(([key, member]) => intrusions(member).map((changed) => ({ ...value, [key]: changed })));
  return [{ ...value, intruder: 1 }, ...inside];
}

describe('schemas/event.schema.json', () => {
  test('lists the types of EventBody, in their order', () => {
    expect(schema.properties.type.enum).toEqual(types);
    expect(schema.oneOf.map(({ $ref }: { $ref: string }) => $ref)).toEqual(types.map((type) => `#/$defs/${type}`));
  });

  test.each(types)('%s: accepts all of its members, and without each that may be missing', (type) => {
    const event = { ...STAMP, ...FULL[type] };
    const optional: Readonly<Record<string, Readonly<Record<string, true>>>> = OPTIONAL;
    expect(refusal(event)).toEqual([]);
    for (const member of Object.keys(optional[type] ?? {})) expect(refusal(without(event, member))).toEqual([]);
  });

  test.each(types)('%s: refuses it without each member that is needed', (type) => {
    const event = { ...STAMP, ...FULL[type] };
    const optional: Readonly<Record<string, Readonly<Record<string, true>>>> = OPTIONAL;
    const needed = Object.keys(event).filter((member) => optional[type]?.[member] === undefined);
    expect(needed.filter((member) => refusal(without(event, member)).length === 0)).toEqual([]);
  });

  test.each(types)('%s: refuses an unknown member, however deep', (type) => {
    const changed = intrusions({ ...STAMP, ...FULL[type] });
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((event) => refusal(event).length === 0)).toEqual([]);
  });

  test.each(Object.keys(VERDICTS) as Verdict['kind'][])('accepts the verdict %s', (kind) => {
    expect(refusal({ ...STAMP, type: 'verdict', verdict: VERDICTS[kind] })).toEqual([]);
  });

  test.each(Object.keys(FAULTS) as Fault['kind'][])('accepts the fault %s, also without a hint', (kind) => {
    const failed = (fault: object) => ({ ...STAMP, type: 'step-failed', step: 'a', ms: 1, fault });
    expect(refusal(failed(FAULTS[kind]))).toEqual([]);
    expect(refusal(failed(without(FAULTS[kind], 'hint')))).toEqual([]);
    expect(refusal(failed(without(FAULTS[kind], 'message')))).not.toEqual([]);
  });

  test('accepts every way in which something is learnt or comes out', () => {
    const precisions = { replicated: 1, notified: 1, polled: 1 } satisfies Record<StatusPrecision, 1>;
    const sources = { stream: 1, replication: 1, notification: 1, poll: 1 } satisfies Record<StatusSource, 1>;
    const outcomes = { met: 1, unmet: 1, undecided: 1 } satisfies Record<ExpectationOutcome, 1>;
    const events = [
      ...Object.keys(precisions).map((precision) => ({ ...FULL['bus-ready'], precision })),
      ...Object.keys(sources).map((via) => ({ ...FULL['peer-status'], via })),
      ...Object.keys(outcomes).map((outcome) => ({ ...FULL['expectation-decided'], outcome })),
      ...RULES.map((rule) => ({ ...FULL['rule-decided'], rule })),
    ];
    expect(events.flatMap((event) => refusal({ ...STAMP, ...event }))).toEqual([]);
    expect(refusal({ ...STAMP, ...FULL['bus-ready'], precision: 'guessed' })).not.toEqual([]);
    expect(refusal({ ...STAMP, ...FULL['peer-status'], via: 'guess' })).not.toEqual([]);
  });

  test('accepts an expectation, a wait and a window without what may be missing', () => {
    const { forMs: _for, window: _window, ...bare } = EXPECTATIONS[0]!;
    const window = { kind: 'timeline' } as const;
    const { forMs: _wait, fromMs: _from, ...demand } = WAITS.when.all[0]!;
    const { since: _since, ...wait } = { ...WAITS.when, all: [demand] };
    const entry = { ...TIMELINE.entries[0]!, waits: wait };
    const peers = [{ peer: ALICE, host: HOST }];
    const described = {
      ...FULL['test-described'],
      peers,
      timeline: { entries: [entry], lengthMs: 0 },
      expectations: [
        { ...bare, window },
        { ...bare, window: { kind: 'command', command: 0 } },
      ],
    };
    expect(refusal({ ...STAMP, ...described })).toEqual([]);
    expect(refusal({ ...STAMP, ...FULL['expectation-decided'], window: {} })).toEqual([]);
    expect(refusal({ ...STAMP, ...described, expectations: [bare] })).not.toEqual([]);
  });

  test('accepts whole runs', () => {
    const { passes, dies, isInterrupted, cannotStart, manyPeers, rudeLogs } = scenarios;
    const events = [passes, dies, isInterrupted, cannotStart, manyPeers, rudeLogs].flatMap((run) => run());
    expect(events.length).toBeGreaterThan(300);
    expect(events.flatMap(refusal)).toEqual([]);
  });

  test('accepts the lines of docs/evidence.md, one of each type', () => {
    const text = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
    const shown = text.split('\n').filter((line) => line.startsWith('{"seq":'));
    const events = shown.map((line) => JSON.parse(line) as { readonly type: Type });
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(events.flatMap(refusal)).toEqual([]);
  });

  test('describes everything', () => {
    const silent: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (node === null || typeof node !== 'object') return;
      for (const [key, member] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(member as Record<string, Record<string, unknown>>)) {
            const told = ['description', '$ref', 'const'].some((word) => word in property);
            if (!told) silent.push(`${path}/${name}`);
          }
        }
        visit(member, `${path}/${key}`);
      }
    };
    visit(schema, '#');
    expect(silent).toEqual([]);
  });
});
