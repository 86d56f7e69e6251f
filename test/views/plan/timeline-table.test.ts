import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../../src/model/spec.ts';
import { summarize } from '../../../src/plan/summary.ts';
import { displayWidth } from '../../../src/views/display-width.ts';
import { renderPlan } from '../../../src/views/plan/render-plan.ts';
import { loadText } from '../../config/load-text.ts';
import { desiredOf, emptyWorld, planOf } from '../../plan/fixtures.ts';

interface Shown {
  readonly commands: readonly string[];
  readonly expect?: readonly string[];
  readonly width?: number;
  readonly verbose?: boolean;
  readonly unicode?: boolean;
}

const PEERS = ['alice', 'bob', 'worker-1', 'worker-2', 'worker-3'];

async function specOf({ commands, expect: expected = [] }: Shown): Promise<Spec> {
  const text = [
    'name: waits',
    'redis: { port: 6399, image: "redis:7" }',
    'hosts: [{ address: h, tags: [gpu] }]',
    'peers:',
    ...PEERS.map((name) => `  - { name: ${name}, image: i${name.startsWith('w') ? ', runs_on: gpu' : ''} }`),
    commands.length === 0 ? 'commands: []' : 'commands:',
    ...commands.map((command) => `  - { ${command} }`),
    expected.length === 0 ? '' : 'expect:',
    ...expected.map((one) => `  - { ${one} }`),
    '',
  ].join('\n');
  const { spec, faults } = await loadText(text);
  if (spec === undefined) throw new Error(JSON.stringify(faults));
  return spec;
}

/** What a plan shows of its timeline and expectations, and its first line. */
async function shown(options: Shown): Promise<string> {
  const spec = await specOf(options);
  const plan = planOf(desiredOf(spec), emptyWorld(spec, []));
  const text = renderPlan(plan, { spec }, { summary: summarize(plan), color: new Chalk({ level: 0 }), ...options });
  const lines = text.split('\n');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(options.width ?? 100);
  const from = lines.findIndex((line) => /^ {2}(?:timeline|expect)$/.test(line));
  const end = lines.findIndex((line) => line.startsWith('Plan:'));
  return `\n${[lines[0], '', ...lines.slice(from, end)].join('\n')}`;
}

const WAITS = [
  'time: 0, peer: "*", command: connect, expect: { status: connected, within: 5 }',
  'when: { peers: [alice, bob], status: connected }, within: 10, peer: alice, command: push|bob|hi, id: pushed',
  'after: +3, peer: bob, command: pull',
  'when: [{ peer: bob, log: /pulled \\d+/ }, { peer: worker-*, status: connected, for: 2, count: 2 }], within: 10, peer: worker-*, command: sync',
  'after: pushed +0.5, peer: worker-1, command: shutdown',
  'time: 25, peer: bob, command: restart|5',
  'after: +1, peer: bob, command: ping, expect: [{ log: pong, within: 2 }, { peer: "*", status: disconnected, within: 2, never: true }]',
];

const EXPECT = [
  'peer: bob,  status: connected, by: 15',
  'peer: bob,  log: hello-from-alice, from: 10, by: 20',
  'peer: "*",  log: /panic|fatal/i, never: true',
];

describe('a timeline with waits', () => {
  it('is shown as a graph: what waits stands below what it waits for; expectations follow', async () => {
    expect(await shown({ commands: WAITS, expect: EXPECT })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 13 commands over at least 26 s

        timeline
           0.0s  alice bob worker-1 worker-2 worker-3  connect
                 └ when alice, bob: status connected (within 10 s)
                   alice                               push|bob|hi
                   └ after 500 ms
                     worker-1                          shutdown
                   └ after 3 s
                     bob                               pull
                     └ when bob: log /pulled \\d+/
                       and 2 of worker-*: status connected for 2 s (within 10 s)
                       worker-1 worker-2 worker-3      sync
          25.0s  bob                                   restart|5
                 └ after 1 s
          26.0s    bob                                 ping

        expect
          bob: status connected by 15 s
          bob: log "hello-from-alice" from 10 s by 20 s
          *: never log /panic|fatal/i
          *: status connected within 5 s of "connect" at 0 s
          bob: log "pong" within 2 s of "ping"
          *: never status disconnected within 2 s of "ping"
      "
    `);
  });

  it('can be read at 60 columns', async () => {
    expect(await shown({ commands: WAITS, expect: EXPECT, width: 60 })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 13 commands over at least 26 s

        timeline
           0.0s  all 5 peers                connect
                 └ when alice, bob: status connected (within 10 s)
                   alice                    push|bob|hi
                   └ after 500 ms
                     worker-1               shutdown
                   └ after 3 s
                     bob                    pull
                     └ when bob: log /pulled \\d+/
                       and 2 of worker-*: status connected for 2 s
                       (within 10 s)
                       worker-1 and 2 more  sync
          25.0s  bob                        restart|5
                 └ after 1 s
          26.0s    bob                      ping

        expect
          bob: status connected by 15 s
          bob: log "hello-from-alice" from 10 s by 20 s
          *: never log /panic|fatal/i
          *: status connected within 5 s of "connect" at 0 s
          bob: log "pong" within 2 s of "ping"
          *: never status disconnected within 2 s of "ping"
      "
    `);
    const verbose = await shown({ commands: WAITS, expect: EXPECT, width: 60, verbose: true });
    expect(verbose).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 13 commands over at least 26 s

        timeline
           0.0s  alice bob worker-1  connect
                 worker-2 worker-3
                 └ when alice, bob: status connected (within 10 s)
                   alice             push|bob|hi
                   └ after 500 ms
                     worker-1        shutdown
                   └ after 3 s
                     bob             pull
                     └ when bob: log /pulled \\d+/
                       and 2 of worker-*: status connected for 2 s
                       (within 10 s)
                       worker-1      sync
                       worker-2
                       worker-3
          25.0s  bob                 restart|5
                 └ after 1 s
          26.0s    bob               ping

        expect
          bob: status connected by 15 s
          bob: log "hello-from-alice" from 10 s by 20 s
          *: never log /panic|fatal/i
          *: status connected within 5 s of "connect" at 0 s
          bob: log "pong" within 2 s of "ping"
          *: never status disconnected within 2 s of "ping"
      "
    `);
  });

  it('keeps to ASCII where that is asked', async () => {
    const text = await shown({ commands: WAITS, expect: EXPECT, unicode: false });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toMatch(/^ {11}` after 1 s$/m);
  });

  it('may begin with a wait, and with one for the start of the timeline', async () => {
    const commands = [
      'when: { peer: bob, status: connected }, within: 10, peer: alice, command: push',
      'after: +1, peer: alice, command: pull',
    ];
    expect(await shown({ commands })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 2 commands over at least 1 s

        timeline
            └ when bob: status connected (within 10 s)
              alice    push
              └ after 1 s
                alice  pull
      "
    `);
    expect(await shown({ commands: ['after: +3, peer: bob, command: pull'] })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 1 command over 3 s

        timeline
          3.0s  bob  pull
      "
    `);
  });

  it('of a long chain stays in sight, and says at what time each is sent', async () => {
    const chain = Array.from({ length: 12 }, (_unused, index) => `after: +1, peer: bob, command: c${index}`);
    expect(await shown({ commands: chain, width: 60 })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 12 commands over at least 12 s

        timeline
           1.0s  bob          c0
                 └ after 1 s
           2.0s    bob        c1
                   └ after 1 s
           3.0s      bob      c2
                     └ after 1 s
           4.0s        bob    c3
                       └ after 1 s
           5.0s          bob  c4
                       └ after 1 s
           6.0s          bob  c5
                       └ after 1 s
           7.0s          bob  c6
                       └ after 1 s
           8.0s          bob  c7
                       └ after 1 s
           9.0s          bob  c8
                       └ after 1 s
          10.0s          bob  c9
                       └ after 1 s
          11.0s          bob  c10
                       └ after 1 s
          12.0s          bob  c11
      "
    `);
  });

  it('of very many is cut, without counting what is hidden wrongly', async () => {
    const chain = Array.from({ length: 5000 }, (_unused, index) => `after: +1, peer: worker-*, command: c${index}`);
    const text = await shown({ commands: chain });
    expect(text).toMatch(/… 14940 more commands \(--verbose shows all\)/);
  });
});

describe('expectations', () => {
  it('of very many are cut', async () => {
    const many = Array.from({ length: 40 }, (_unused, index) => `peer: bob, log: l${index}`);
    const text = await shown({ commands: [], expect: many });
    expect(text).toMatch(/… 24 more expectations \(--verbose shows all\)/);
    expect((await shown({ commands: [], expect: many, verbose: true })).match(/bob: log/g)).toHaveLength(40);
  });

  it('are harmless, and on one line', async () => {
    const log = '"a\\e[31mred\\nand more"';
    expect(await shown({ commands: [], expect: [`peer: bob, log: ${log}`] })).toMatchInlineSnapshot(`
      "
      waits · 1 host, 5 peers, 0 commands

        expect
          bob: log "a\\u001b[31mred\\nand more"
      "
    `);
  });
});
