import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/drivers/memory/clock.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName, testName } from '../../src/model/names.ts';
import type { Action, Step } from '../../src/model/plan.ts';
import { Recorder } from '../../src/run/recorder.ts';
import { LIMITS, walk } from '../../src/run/walk.ts';

const HOST = hostName('garage');
const NODE = imageRef('acme/node:1.4');
const WORKLOAD = { kind: 'container', image: NODE, environment: {}, ports: [], volumes: [] } as const;

const PULL: Action = { kind: 'image.pull', on: 'control', ref: NODE, refresh: false };
const SEND: Action = { kind: 'image.send', on: HOST, ref: NODE, have: [], bytes: 1 };
const START: Action = { kind: 'redis.start' };
const PREPARE: Action = { kind: 'redis.prepare', peers: [peerName('alice')] };
const REMOVE: Action = { kind: 'peer.remove', on: HOST, name: 'tm-bob', id: '1' };
const RUN: Action = {
  kind: 'peer.run',
  on: HOST,
  peer: peerName('alice'),
  name: 'tm-alice',
  port: 1,
  workload: WORKLOAD,
  spec: 's',
};

/** Walks actions one after the other, of which one fails; gives why each of the others was skipped. */
async function skips(
  actions: readonly Action[],
  failing: Action['kind'] | undefined,
  options: { readonly error?: unknown; readonly stop?: AbortSignal } = {},
): Promise<Readonly<Record<string, string>>> {
  const heard: TmEvent[] = [];
  const clock = createManualClock();
  const recorder = new Recorder(clock, testName('smoke'), [(event) => heard.push(event)]);
  const steps = actions.map(
    (action, index): Step => ({ id: action.kind, action, because: '', after: actions.slice(0, index).map(kindOf) }),
  );
  await walk(
    {
      intent: 'apply',
      test: testName('smoke'),
      changes: [],
      steps,
      timeline: { entries: [], lengthMs: 0 },
      warnings: [],
    },
    async ({ action }) => {
      if (action.kind === failing) throw options.error ?? new TmError({ kind: 'failed', message: 'no' });
      return undefined;
    },
    { limits: LIMITS, recorder, stop: options.stop ?? new AbortController().signal, now: () => clock.now() },
  );
  return Object.fromEntries(
    heard.flatMap((event) => (event.type === 'step-skipped' ? [[event.step, event.because]] : [])),
  );
}

const kindOf = ({ kind }: Action): string => kind;

describe('what is skipped says why in words', () => {
  test.each([
    [PULL, 'acme/node:1.4 could not be pulled'],
    [SEND, 'acme/node:1.4 could not be sent to garage'],
    [START, 'Redis did not start'],
    [PREPARE, 'Redis could not be prepared'],
    [REMOVE, 'tm-bob could not be removed from garage'],
  ])('$kind', async (action, because) => {
    expect(await skips([action, RUN], action.kind)).toEqual({ 'peer.run': because });
  });

  test('of a removal that hangs on others', async () => {
    const image: Action = { kind: 'image.remove', on: 'control', ref: NODE };
    expect(await skips([RUN, { kind: 'redis.remove' }], 'peer.run')).toEqual({
      'redis.remove': 'alice could not be started on garage',
    });
    expect(await skips([image, RUN], 'image.remove')).toEqual({
      'peer.run': 'acme/node:1.4 could not be removed from this machine',
    });
    expect(await skips([{ kind: 'redis.remove' }, RUN], 'redis.remove')).toEqual({
      'peer.run': 'Redis could not be removed',
    });
  });

  test('the first cause, however long the chain', async () => {
    expect(await skips([START, PREPARE, RUN], 'redis.start')).toEqual({
      'redis.prepare': 'Redis did not start',
      'peer.run': 'Redis did not start',
    });
  });

  test('a stop, also where it cut the step before short', async () => {
    const aborted = new TmError({ kind: 'aborted', message: 'stopped' });
    expect(await skips([START, RUN], 'redis.start', { error: aborted })).toEqual({ 'peer.run': 'the run was stopped' });
    expect(await skips([START, RUN], undefined, { stop: AbortSignal.abort() })).toEqual({
      'redis.start': 'the run was stopped',
      'peer.run': 'the run was stopped',
    });
  });
});
