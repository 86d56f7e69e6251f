import { expect, it } from 'vitest';
import { peerName } from '../../src/model/names.ts';
import { timelineOf } from '../../src/plan/timeline.ts';
import { aCommand } from './fixtures.ts';

it('numbers the commands from 0, in the order in which the spec has them, and keeps their ids and what they wait for', () => {
  const condition = { kind: 'exit', code: 0 } as const;
  const after = { kind: 'after', command: 1, delayMs: 300 } as const;
  const demand = { peers: [peerName('al')], count: 1, condition, text: 'al: exit 0' };
  const when = { kind: 'when', since: 2, all: [demand], withinMs: 5000 } as const;
  const commands = [
    aCommand(0, 'zoe', 'connect'),
    { ...aCommand(200, 'al', 'connect'), id: 'join' },
    { ...aCommand(500, 'bob', 'pull'), waits: after },
    { ...aCommand(500, 'alice', 'push'), waits: when },
  ];
  expect(timelineOf({ commands })).toEqual({
    entries: [
      { index: 0, atMs: 0, peer: 'zoe', command: 'connect' },
      { index: 1, atMs: 200, id: 'join', peer: 'al', command: 'connect' },
      { index: 2, atMs: 500, waits: after, peer: 'bob', command: 'pull' },
      { index: 3, atMs: 500, waits: when, peer: 'alice', command: 'push' },
    ],
    lengthMs: 500,
  });
});

it('is empty and of no length without commands', () => {
  expect(timelineOf({ commands: [] })).toEqual({ entries: [], lengthMs: 0 });
});
