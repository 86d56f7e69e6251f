import { describe, expect, it } from 'vitest';
import { faultsOf, loadText } from './load-text.ts';

const config = (...commands: readonly string[]): string => `name: t
redis: { runtime: process, port: 6399 }
hosts: [{ name: here, address: localhost, runtime: process }]
peers: [{ name: a, command: ./a }, { name: b, command: ./b }]
commands:
${commands.map((command) => `  - ${command}\n`).join('')}`;

const timeline = async (...commands: readonly string[]): Promise<readonly string[]> => {
  const { spec, faults } = await loadText(config(...commands));
  expect(faults.filter(({ code }) => code !== 'idle-peer')).toEqual([]);
  return (spec?.commands ?? []).map(({ atMs, peer, command, line }) => `${atMs} ${peer} ${command} :${line}`);
};

describe('a repeated command', () => {
  it('is sent until the end, which is included', async () => {
    expect(await timeline('{ time: 1, peer: a, command: x, repeat: { every: 5, until: 11 } }')).toEqual([
      '1000 a x :6',
      '6000 a x :6',
      '11000 a x :6',
    ]);
  });

  it.each([
    [0, 0.1, 0.3, 4],
    [0.1, 0.1, 0.7, 7],
    [0, 0.001, 0.1, 101],
    [0, 1 / 3, 1, 4],
    [2, 5, 2, 1],
    [0, 5, 4.999, 1],
  ])('from %d every %d until %d is sent %d times, to the millisecond', async (time, every, until, times) => {
    const { spec } = await loadText(
      config(`{ time: ${time}, peer: a, command: x, repeat: { every: ${every}, until: ${until} } }`),
    );
    const sent = (spec?.commands ?? []).map(({ atMs }) => atMs);
    expect(sent).toEqual(Array.from({ length: times }, (_, index) => Math.round((time + index * every) * 1000)));
  });

  it('comes behind the others of the same time, and keeps the order of the file among its like', async () => {
    expect(
      await timeline(
        '{ time: 0, peer: a, command: x, repeat: { every: 1, until: 2 } }',
        '{ time: 0, peer: b, command: y, repeat: { every: 1, until: 1 } }',
        '{ time: 1, peer: b, command: z }',
      ),
    ).toEqual(['0 a x :6', '0 b y :7', '1000 b z :8', '1000 a x :6', '1000 b y :7', '2000 a x :6']);
  });

  it('goes each time to all peers that it is meant for', async () => {
    expect(await timeline('{ time: 0, peer: "*", command: x, repeat: { every: 1, until: 1 } }')).toEqual([
      '0 a x :6',
      '0 b x :6',
      '1000 a x :6',
      '1000 b x :6',
    ]);
  });

  it('is waited for by its first sending', async () => {
    const { spec, faults } = await loadText(
      config(
        '{ time: 0, id: one, peer: a, command: x, repeat: { every: 1, until: 3 } }',
        '{ after: +2, peer: b, command: y }',
        '{ after: one +1, peer: b, command: z }',
      ),
    );
    expect(faults).toEqual([]);
    const { commands = [] } = spec ?? {};
    const first = commands.findIndex(({ command }) => command === 'x');
    const waits = commands
      .filter(({ waits: wait }) => wait !== undefined)
      .map(({ command, waits: wait }) => [command, wait]);
    expect(first).toBe(0);
    expect(waits).toEqual([
      ['z', { kind: 'after', command: 0, delayMs: 1000 }],
      ['y', { kind: 'after', command: 0, delayMs: 2000 }],
    ]);
    expect(commands.filter(({ id }) => id === 'one')).toHaveLength(1);
  });

  it('is to be followed each time by what is expected', async () => {
    const { spec } = await loadText(
      config(
        '{ time: 0, peer: a, command: x, repeat: { every: 1, until: 2 }, expect: { peer: b, log: y, within: 0.5 } }',
      ),
    );
    expect(spec?.expectations.map(({ line, window }) => ({ line, window }))).toEqual(
      [0, 1, 2].map((command) => ({ line: 6, window: { kind: 'command', command, withinMs: 500 } })),
    );
  });
});

describe('faults of repeat', () => {
  it.each([
    [
      'an end before the beginning',
      '{ time: 5, peer: a, command: x, repeat: { every: 2, until: 3 } }',
      '6:64 «3» error bad-repeat: `until` is 3 s, before the first sending at 5 s | write 7 or more',
    ],
    [
      'too many',
      '{ time: 0, peer: "*", command: x, repeat: { every: 0.001, until: 50 } }',
      '6:39 «repeat» error too-many-commands: with these there would be 100002 commands, and 100000 is the most | repeat it less often, or not for so long',
    ],
    [
      'a repetition of what has no time',
      '{ when: { peer: b, status: c }, within: 1, peer: a, command: x, repeat: { every: 1, until: 2 } }',
      '6:69 «repeat» error conflicting-keys: `repeat` goes with `time`, and this command is sent by `when` | remove it',
    ],
    [
      'fractions of a millisecond',
      '{ time: 0, peer: a, command: x, repeat: { every: 0.0015, until: 1 } }',
      '6:54 «0.0015» warning time-rounded: times are kept to the millisecond, so this is 0.002 s',
    ],
  ])('%s', async (_, command, fault) => {
    expect((await faultsOf(config(command))).filter((line) => !line.includes('idle-peer'))).toEqual([fault]);
  });
});
