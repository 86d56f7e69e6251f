import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { imageRef, peerName } from '../../../src/model/names.ts';
import type { Step } from '../../../src/model/plan.ts';
import { planText } from '../../../src/views/listr/plan-text.ts';
import { progressSegments } from '../../../src/views/listr/progress-bar.ts';
import { rowText } from '../../../src/views/listr/row-text.ts';
import {
  createStepBoard,
  elapsed,
  isOver,
  type Row,
  rowState,
  type StepBoard,
} from '../../../src/views/listr/step-board.ts';
import { marksFor } from '../../../src/views/marks.ts';
import { plainSegments } from '../../../src/views/segments.ts';
import { CLOUD, GARAGE, NODE, planned, removePeer, runPeer, sendImage, step } from '../scenarios.ts';

const MARKS = marksFor(true);

/** A board for steps, and a way to tell it what happens: the moment, then bodies. */
function boardOf(steps: readonly Step[]) {
  const event = planned('apply', steps, {}, 0);
  if (event.type !== 'planned') throw new Error('a plan');
  const board = createStepBoard(event.plan);
  return { board, tell: (atMs: number, body: EventBody) => board.note({ seq: 1, atMs, time: '', ...body }) };
}

const started = (id: string): EventBody => ({ type: 'step-started', step: id, intent: 'apply' });
const finished = (id: string, ms: number, note?: string): EventBody => ({
  type: 'step-finished',
  step: id,
  ms,
  ...(note === undefined ? {} : { note }),
});
const failed = (id: string): EventBody => ({
  type: 'step-failed',
  step: id,
  ms: 10,
  fault: { kind: 'failed', message: 'port is taken' },
});
const skipped = (id: string): EventBody => ({ type: 'step-skipped', step: id, because: 'the image is missing' });
const progress = (id: string, done: number, total: number): EventBody => ({
  type: 'step-progress',
  step: id,
  done,
  total,
});

const text = (row: Row | undefined, room?: number): string =>
  row === undefined ? 'no row' : plainSegments(rowText(row, MARKS, room));
const first = (board: StepBoard): Row | undefined => board.places[0]?.rows[0];

describe('the board', () => {
  test('groups steps by place, in the order of the plan', () => {
    const { board } = boardOf([
      step('pull', { kind: 'image.pull', on: 'control', ref: NODE, refresh: true }),
      step('redis:start', { kind: 'redis.start' }),
      sendImage(GARAGE, 1),
      runPeer(peerName('alice'), GARAGE),
      runPeer(peerName('bob'), CLOUD),
      runPeer(peerName('charlie'), GARAGE),
      step('redis:prepare', { kind: 'redis.prepare', peers: [] }),
      removePeer(peerName('old'), GARAGE),
    ]);
    expect(
      board.places.map(({ name, rows }) => [name, ...rows.map(({ kind, steps }) => `${kind} ${steps.length}`)]),
    ).toEqual([
      ['this machine', 'pull 1'],
      ['redis', 'redis 2'],
      ['garage', 'send 1', 'start 2', 'remove 1'],
      ['cloud', 'start 1'],
    ]);
  });

  test('passes over events that are not about its steps', () => {
    const { tell } = boardOf([sendImage(GARAGE, 1)]);
    expect(tell(0, started('another'))).toBeUndefined();
    expect(tell(0, { type: 'phase', phase: 'done' })).toBeUndefined();
  });

  test('a row is over when all of its steps are, and failed or skipped when any is', () => {
    const peers = ['a', 'b', 'c'].map((name) => runPeer(peerName(name), GARAGE));
    const [a = '', b = '', c = ''] = peers.map(({ id }) => id);
    const states = (...bodies: readonly EventBody[]): string => {
      const { board, tell } = boardOf(peers);
      for (const body of bodies) tell(0, body);
      const row = first(board);
      return row === undefined ? '' : `${rowState(row)}${isOver(row) ? ', over' : ''}`;
    };
    expect(states()).toBe('waiting');
    expect(states(started(a))).toBe('running');
    expect(states(started(a), finished(a, 1))).toBe('running');
    expect(states(finished(a, 1), finished(b, 1), finished(c, 1))).toBe('done, over');
    expect(states(finished(a, 1), failed(b), skipped(c))).toBe('failed, over');
    expect(states(finished(a, 1), finished(b, 1), skipped(c))).toBe('skipped, over');
  });

  test('rows that ran side by side took as long as from the first start to the last end', () => {
    const { board, tell } = boardOf([sendImage(GARAGE, 1), runPeer(peerName('a'), GARAGE)]);
    tell(1500, finished(`send:garage:${NODE}`, 500));
    tell(1700, finished('run:garage:tm-a', 600));
    expect(elapsed(board.places[0]?.rows ?? [])).toBe(700);
    expect(elapsed([])).toBe(0);
  });
});

describe('the words of a row of peers', () => {
  const many = (count: number) => {
    const steps = Array.from({ length: count }, (_, i) => runPeer(peerName(`p${i}`), GARAGE));
    return { steps, ...boardOf(steps) };
  };

  test('count them, and name the last ones', () => {
    const { steps, board, tell } = many(40);
    const row = first(board);
    expect(text(row)).toBe('40 peers to start');
    for (const { id } of steps) tell(0, started(id));
    expect(text(row)).toBe('0 of 40 peers started');
    for (const { id } of steps.slice(0, 17)) tell(10, finished(id, 10));
    expect(text(row)).toBe('17 of 40 peers started');
    for (const { id } of steps.slice(17, 38)) tell(10, finished(id, 10));
    expect(text(row)).toBe('38 of 40 peers started, still starting p38, p39');
    for (const { id } of steps.slice(38)) tell(10, finished(id, 10));
    expect(text(row)).toBe('40 peers started');
  });

  test('name those that failed', () => {
    const { steps, board, tell } = many(10);
    for (const { id } of steps.slice(0, 2)) tell(0, failed(id));
    expect(text(first(board))).toBe('0 of 10 peers started, p0, p1 failed');
    for (const { id } of steps.slice(2, 5)) tell(0, failed(id));
    for (const { id } of steps.slice(5, 9)) tell(0, finished(id, 1));
    const last = steps.at(-1);
    if (last !== undefined) tell(0, skipped(last.id));
    expect(text(first(board))).toBe(
      '4 of 10 peers started, p0, p1, p2 and 2 more failed, 1 not tried: the image is missing',
    );
  });

  test('one peer is named, and none tried is a reason', () => {
    const { steps, board, tell } = many(1);
    expect(text(first(board))).toBe('p0 to start');
    for (const { id } of steps) tell(0, skipped(id));
    expect(text(first(board))).toBe('p0 not started: the image is missing');
  });
});

describe('the words of an image', () => {
  const id = `send:garage:${NODE}`;

  test('from waiting to sent', () => {
    const { board, tell } = boardOf([sendImage(GARAGE, 241_000_000)]);
    const row = first(board);
    expect(text(row)).toBe('node:1.4 to send');
    tell(1000, started(id));
    expect(text(row)).toBe('node:1.4 sending');
    tell(1500, progress(id, 10_000_000, 241_000_000));
    expect(text(row)).toBe('node:1.4  ▕            ▏  4 %  10 of 241 MB  20 MB/s, 12 s left');
    for (let i = 1; i <= 20; i++) tell(1500 + i * 500, progress(id, 10_000_000 + i * 2_500_000, 241_000_000));
    // The rate follows the wire: only the last samples count, not the quick start.
    expect(text(row)).toBe('node:1.4  ▕██          ▏ 24 %  60 of 241 MB  5 MB/s, 36 s left');
    expect(text(row, 40)).toBe('node:1.4  24 %  5 MB/s, 36 s left');
    tell(30_000, progress(id, 241_000_000, 241_000_000));
    expect(text(row)).toBe('node:1.4  loading 241 MB');
    tell(33_000, finished(id, 32_000));
    expect(text(row)).toBe('node:1.4 sent 241 MB at 7.53 MB/s');
  });

  test('a transfer too quick for a sample, or with a note', () => {
    const { board, tell } = boardOf([sendImage(GARAGE, 1)]);
    tell(0, started(id));
    tell(1, finished(id, 1, 'was there already'));
    expect(text(first(board))).toBe('node:1.4 sent  was there already');
  });

  test('a failure, a skip, and a name by digest', () => {
    const ref = imageRef('registry:5000/acme/node@sha256:0123456789abcdef');
    const remove = step('rm', { kind: 'image.remove', on: GARAGE, ref });
    const { board, tell } = boardOf([remove]);
    tell(0, failed('rm'));
    expect(text(first(board))).toBe('node@sha256:0123456 not removed');
    const other = boardOf([remove]);
    other.tell(0, skipped('rm'));
    expect(text(first(other.board))).toBe('node@sha256:0123456 not removed: the image is missing');
  });
});

test('a bar without a total, a rate or any sample', () => {
  const at = (...samples: readonly (readonly [number, number, number])[]): string =>
    plainSegments(
      progressSegments(
        { sinceMs: 0, progress: samples.map(([atMs, done, total]) => ({ atMs, done, total })) },
        marksFor(false),
        80,
      ),
    );
  expect(at()).toBe('');
  expect(at([100, 5000, 0])).toBe('5 kB');
  expect(at([0, 50, 100])).toBe('[######......] 50 %  50 of 100 B');
  expect(at([100, 50, 100]), 'a rate after a tenth of a second would be a guess').toBe(
    '[######......] 50 %  50 of 100 B',
  );
  expect(at([100, 50, 100], [200, 50, 100])).toBe('[######......] 50 %  50 of 100 B');
});

test('a plan in a line', () => {
  const line = (intent: 'apply' | 'teardown', summary: object): string => {
    const event = planned(intent, [], summary, 0) as TmEvent & { type: 'planned' };
    return planText(event);
  };
  expect(line('apply', {})).toBe('nothing to do');
  expect(line('teardown', {})).toBe('nothing to remove');
  expect(line('apply', { add: 1, update: 2, replace: 3, remove: 4, conflicts: 1, bytesToSend: 5e6 })).toBe(
    '1 to add, 2 to update, 3 to replace, 4 to remove, 1 conflict, 5 MB to send',
  );
});
