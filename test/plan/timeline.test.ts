import { expect, it } from 'vitest';
import { timelineOf } from '../../src/plan/timeline.ts';
import { aCommand } from './fixtures.ts';

it('orders commands by time, those of one time as written, and numbers them from 0', () => {
  const commands = [
    aCommand(500, 'bob', 'pull'),
    aCommand(0, 'zoe', 'connect'),
    aCommand(500, 'alice', 'push'),
    aCommand(0, 'al', 'connect'),
  ];
  expect(timelineOf({ commands })).toEqual({
    entries: [
      { index: 0, atMs: 0, peer: 'zoe', command: 'connect' },
      { index: 1, atMs: 0, peer: 'al', command: 'connect' },
      { index: 2, atMs: 500, peer: 'bob', command: 'pull' },
      { index: 3, atMs: 500, peer: 'alice', command: 'push' },
    ],
    lengthMs: 500,
  });
});

it('is empty and of no length without commands', () => {
  expect(timelineOf({ commands: [] })).toEqual({ entries: [], lengthMs: 0 });
});
