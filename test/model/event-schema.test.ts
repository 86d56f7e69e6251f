import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { EventBody, Verdict } from '../../src/model/event.ts';
import type { Fault } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Action, Change, Plan } from '../../src/model/plan.ts';
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
  steps: [...Object.values(ACTIONS), PROCESS].map((action, i) => ({ id: `${i}`, action, because: 'so', after: ['0'] })),
  timeline: { entries: [{ index: 0, atMs: 0, peer: ALICE, command: 'connect' }], lengthMs: 0 },
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
  'bus-ready': { type: 'bus-ready', redis: '192.0.2.10:6399', precision: 'polled' },
  'bus-lost': { type: 'bus-lost', because: 'reset' },
  'bus-restored': { type: 'bus-restored', afterMs: 1200 },
  'peer-status': { type: 'peer-status', peer: ALICE, status: 'started|/ip4/10.0.0.5', missed: 1 },
  log: { type: 'log', peer: ALICE, level: 'trace', message: 'a\nb' },
  'message-sent': { type: 'message-sent', peer: ALICE, command: 'shutdown', origin: 'shutdown' },
  'timeline-started': { type: 'timeline-started', commands: 1, lengthMs: 40_000 },
  'command-sent': { type: 'command-sent', index: 0, peer: ALICE, command: 'pull', dueMs: 0, sentMs: 0.4 },
  'command-taken': { type: 'command-taken', index: 0, peer: ALICE, command: 'pull', afterMs: 0.9 },
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
  'host-lost': { type: 'host-lost', host: HOST, because: 'closed' },
  'stop-requested': { type: 'stop-requested', by: 'SIGINT' },
  verdict: { type: 'verdict', verdict: VERDICTS.failed },
  'run-ended': { type: 'run-ended', exitCode: 0, ms: 40_505, left: ['garage: tm-alice'] },
} satisfies { [T in Type]: Required<Of<T>> };

/** Every member that may be missing; complete, or it does not compile. */
const OPTIONAL: { [T in Type as OptionalKeys<Of<T>> extends never ? never : T]: Record<OptionalKeys<Of<T>>, true> } = {
  warning: { hint: true },
  'step-finished': { note: true },
  'command-taken': { index: true },
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
    .filter(([key]) => key !== 'environment')
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

  test('accepts whole runs', () => {
    const { passes, dies, isInterrupted, cannotStart, manyPeers, rudeLogs } = scenarios;
    const events = [passes, dies, isInterrupted, cannotStart, manyPeers, rudeLogs].flatMap((run) => run());
    expect(events.length).toBeGreaterThan(300);
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
