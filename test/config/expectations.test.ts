import { describe, expect, it } from 'vitest';
import { compiled } from './timeline-text.ts';

const ALL = ['alice', 'bob', 'worker-10', 'worker-2'];
const CONNECT = 'time: 0, peer: "*", command: connect';

describe('expectations', () => {
  it('say of whom, what, and in which window', async () => {
    const { expectations } = await compiled(
      [CONNECT],
      [
        'peer: bob, status: connected, by: 15',
        'peer: bob, log: hello-from-alice, from: 10, by: 20',
        'peer: "*", log: /panic|fatal/i, never: true',
        'peers: [bob, alice], status: connected, for: 30',
        'peer: alice, exit: 0',
        'peer: "tag:gpu", count: 1, status: "/^conn/", by: 20',
      ],
    );
    const text = (value: string) => ({ kind: 'text', text: value });
    expect(expectations).toEqual([
      {
        id: 0,
        text: 'bob: status connected by 15 s',
        line: 12,
        peers: ['bob'],
        count: 1,
        condition: { kind: 'status', status: text('connected') },
        never: false,
        window: { kind: 'timeline', byMs: 15_000 },
      },
      {
        id: 1,
        text: 'bob: log "hello-from-alice" from 10 s by 20 s',
        line: 13,
        peers: ['bob'],
        count: 1,
        condition: { kind: 'log', log: text('hello-from-alice') },
        never: false,
        window: { kind: 'timeline', fromMs: 10_000, byMs: 20_000 },
      },
      {
        id: 2,
        text: '*: never log /panic|fatal/i',
        line: 14,
        peers: ALL,
        count: 1,
        condition: { kind: 'log', log: { kind: 'regex', source: 'panic|fatal', flags: 'i' } },
        never: true,
        window: { kind: 'timeline' },
      },
      {
        id: 3,
        text: 'bob, alice: status connected for 30 s',
        line: 15,
        peers: ['alice', 'bob'],
        count: 2,
        condition: { kind: 'status', status: text('connected') },
        forMs: 30_000,
        never: false,
        window: { kind: 'timeline' },
      },
      {
        id: 4,
        text: 'alice: exit 0',
        line: 16,
        peers: ['alice'],
        count: 1,
        condition: { kind: 'exit', code: 0 },
        never: false,
        window: { kind: 'timeline' },
      },
      {
        id: 5,
        text: '1 of tag:gpu: status /^conn/ by 20 s',
        line: 17,
        peers: ['worker-10', 'worker-2'],
        count: 1,
        condition: { kind: 'status', status: { kind: 'regex', source: '^conn', flags: '' } },
        never: false,
        window: { kind: 'timeline', byMs: 20_000 },
      },
    ]);
  });

  it('at commands follow those of the file, in the order of the timeline, and mean the command by its place there', async () => {
    const { expectations, commands } = await compiled(
      [
        'time: 10, peer: alice, command: push|bob|hi, expect: { peer: bob, log: hi, within: 5 }',
        'time: 0, peer: "*", command: connect, expect: [{ status: connected, within: 2 }, { status: connected, count: 2, for: 1 }]',
        'after: +1, peer: bob, command: "say \\"hi\\"", expect: { peer: "*", log: panic, never: true }',
      ],
      ['peer: alice, exit: 0'],
    );
    expect(commands.map(({ command }) => command)).toEqual([...Array(4).fill('connect'), 'say "hi"', 'push|bob|hi']);
    expect(
      expectations.map(({ id, text, line, window, peers, count }) => [id, text, line, window, peers, count]),
    ).toEqual([
      [0, 'alice: exit 0', 14, { kind: 'timeline' }, ['alice'], 1],
      // Of whoever gets the command, from when the first of them does.
      [
        1,
        '*: status connected within 2 s of "connect" at 0 s',
        11,
        { kind: 'command', command: 0, withinMs: 2000 },
        ALL,
        4,
      ],
      [2, '2 of *: status connected for 1 s after "connect" at 0 s', 11, { kind: 'command', command: 0 }, ALL, 2],
      [3, '*: never log "panic" after "say \\"hi\\""', 12, { kind: 'command', command: 4 }, ALL, 1],
      [
        4,
        'bob: log "hi" within 5 s of "push|bob|hi" at 10 s',
        10,
        { kind: 'command', command: 5, withinMs: 5000 },
        ['bob'],
        1,
      ],
    ]);
  });

  it.each([
    ['peers: bob, log: x', 'bob: log "x"', ['bob']],
    ['peers: "tag:gpu", log: x', 'tag:gpu: log "x"', ['worker-10', 'worker-2']],
    [
      'peers: [worker-*, bob, worker-2, bob], log: x',
      'worker-*, bob, worker-2, bob: log "x"',
      ['bob', 'worker-10', 'worker-2'],
    ],
    ['peers: [a*, b*, w*, "*e", "*-*", "*1*", "*"], exit: 3', 'a*, b*, w*, *e, *-*, 2 more: exit 3', ALL],
    ['peer: "*o*", log: x', '*o*: log "x"', ['bob', 'worker-10', 'worker-2']],
    ['peer: worker-*0, log: x', 'worker-*0: log "x"', ['worker-10']],
    ['peer: bob, status: in sync', 'bob: status "in sync"', ['bob']],
    ['peer: bob, status: "started|/ip4/1.2.3.4"', 'bob: status started|/ip4/1.2.3.4', ['bob']],
    ['peer: bob, log: "tab\\there"', 'bob: log "tab\\there"', ['bob']],
    ['peer: bob, log: 42', 'bob: log "42"', ['bob']],
    ['peer: bob, log: 1.10', 'bob: log "1.10"', ['bob']],
    ['peer: bob, status: x, from: 0.5, for: 0.25, by: 1.75', 'bob: status x for 0.25 s from 0.5 s by 1.75 s', ['bob']],
    ['peer: bob, status: x, from: 0.1, for: 0.2, by: 0.3', 'bob: status x for 0.2 s from 0.1 s by 0.3 s', ['bob']],
    ['peer: bob, log: x, never: false, count: 1', '1 of bob: log "x"', ['bob']],
  ])('%s', async (written, text, peers) => {
    const { expectations } = await compiled([CONNECT], [written]);
    expect(expectations).toMatchObject([{ text, peers }]);
  });
});

describe('patterns', () => {
  it.each([
    ['hello', { kind: 'text', text: 'hello' }],
    ['/panic|fatal/', { kind: 'regex', source: 'panic|fatal', flags: '' }],
    ['/a/imsu', { kind: 'regex', source: 'a', flags: 'imsu' }],
    ["'/[\\p{L}--[a-z]]/v'", { kind: 'regex', source: '[\\p{L}--[a-z]]', flags: 'v' }],
    ["'/a\\/b[/]c/'", { kind: 'regex', source: 'a\\/b[/]c', flags: '' }],
    ['/tmp', { kind: 'text', text: '/tmp' }],
    ['/ip4/127.0.0.1/udp', { kind: 'text', text: '/ip4/127.0.0.1/udp' }],
    ['/', { kind: 'text', text: '/' }],
    ['//', { kind: 'text', text: '//' }],
    ['"/a\\nb/"', { kind: 'text', text: '/a\nb/' }],
    ['/a/b/', { kind: 'text', text: '/a/b/' }],
    ['/a/ and more', { kind: 'text', text: '/a/ and more' }],
  ])('of a log line: %s', async (written, log) => {
    const { expectations } = await compiled([CONNECT], [`peer: bob, log: ${written}`]);
    expect(expectations[0]?.condition).toEqual({ kind: 'log', log });
  });
});
