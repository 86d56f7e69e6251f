import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../src/config/compile-fleet.ts';
import { place } from '../../src/plan/place.ts';
import { faultsOf, loadText } from './load-text.ts';

const placed = (fleet: Fleet) => {
  const placement = place(fleet);
  return placement.kind === 'placed' ? placement.peers : [];
};

/** A config with these peers and commands, one entry a line. */
const config = (peers: readonly string[], commands: readonly string[] = ['{ time: 0, peer: "*", command: connect }']) =>
  `name: t
redis: { runtime: process, port: 6399 }
hosts: [{ name: here, address: localhost, runtime: process }]
peers:
${peers.map((peer) => `  - ${peer}\n`).join('')}commands:
${commands.map((command) => `  - ${command}\n`).join('')}`;

const told = (peers: readonly string[], commands?: readonly string[]): Promise<readonly string[]> =>
  faultsOf(config(peers, commands), { place: placed });

describe('replicas', () => {
  it('are peers of their own, with all that their entry says, where it stands', async () => {
    const { spec, faults } = await loadText(
      config([
        '{ name: first, command: ./a }',
        '{ name: worker, replicas: 3, command: [./w], environment: [A=1], bootstrap: [first, "worker-*"] }',
        '{ name: last, command: ./b }',
      ]),
      { place: placed },
    );
    expect(faults).toEqual([]);
    expect(spec?.peers.map(({ name }) => name)).toEqual(['first', 'worker-1', 'worker-2', 'worker-3', 'last']);
    expect(spec?.peers[2]).toMatchObject({
      name: 'worker-2',
      command: ['./w'],
      environment: { A: '1' },
      bootstrap: ['first', 'worker-1', 'worker-3'],
    });
    expect(spec?.commands.map(({ peer }) => peer)).toEqual(['first', 'worker-1', 'worker-2', 'worker-3', 'last']);
  });

  it('of 1 have a number too, and a var can say how many', async () => {
    const text = config([
      '{ name: a, replicas: 1, command: ./a }',
      '{ name: b, replicas: "${{ vars.n }}", command: ./b }',
    ]);
    const { spec } = await loadText(`vars: { n: 2 }\n${text}`, { place: placed });
    expect(spec?.peers.map(({ name }) => name)).toEqual(['a-1', 'b-1', 'b-2']);
  });

  it('are what others have to name', async () => {
    expect(
      await told(
        ['{ name: worker, replicas: 2, command: ./w }', '{ name: x, command: ./x, bootstrap: [worker] }'],
        [
          '{ time: 0, peer: "*", command: a, expect: { peers: [worker-1, worker], log: b, within: 1 } }',
          '{ time: 1, peer: worker, command: b }',
          '{ time: 2, peer: worker-3, command: c }',
        ],
      ),
    ).toEqual([
      '6:42 «worker» error unknown-peer: "worker" in bootstrap is no peer: it has 2 replicas | write "worker-*" for all of them, or "worker-1" for the first',
      '8:67 «worker» error unknown-peer: "worker" in an expectation is no peer: it has 2 replicas | write "worker-*" for all of them, or "worker-1" for the first',
      '9:22 «worker» error unknown-peer: "worker" in a command is no peer: it has 2 replicas | write "worker-*" for all of them, or "worker-1" for the first',
      '10:22 «worker-3» error unknown-peer: unknown peer "worker-3" in a command | did you mean "worker-1"?',
    ]);
  });

  it('are told of once, at their entry, whatever is wrong with all of them', async () => {
    expect(await told(['{ name: worker, replicas: 40 }'])).toEqual(
      [
        '5:13 «worker» error missing-command: worker-1 is placed on here, which runs processes, and has no command | add `command:`, or place it elsewhere with runs_on',
      ].map((fault) => fault.replace(' | ', ' (and 39 more like it) | ')),
    );
    expect(
      await told(
        ['{ name: a, command: ./a }', '{ name: w, replicas: 3, command: ./w }'],
        ['{ time: 0, peer: a, command: b }'],
      ),
    ).toEqual(['6:13 «w» warning idle-peer: w-1 is sent no command (and 2 more like it)']);
  });

  it('clash by name with a peer of their own name', async () => {
    expect(await told(['{ name: w-2, command: ./a }', '{ name: w, replicas: 3, command: ./w }'])).toEqual([
      '6:13 «w» error duplicate-peer: duplicate peer name "w-2" | the first is on line 5: give this one another name',
    ]);
  });

  it('clash by port', async () => {
    const text = config(['{ name: w, replicas: 2, image: i, ports: [8080] }']).replace(
      ', runtime: process }]',
      ', connection: local }]',
    );
    expect(await faultsOf(text, { place: placed })).toEqual([
      '5:47 «8080» error same-port: w-1 has port 8080/tcp on here already | publish another port, or send one of them elsewhere with runs_on',
    ]);
  });

  it('have names that are not too long, and legal', async () => {
    expect(await told([`{ name: ${'w'.repeat(127)}, replicas: 2, command: ./w }`])).toEqual([
      expect.stringContaining('5:13'),
    ]);
    expect(await told(['{ name: wörker, replicas: 2, command: ./w }'])).toEqual([
      expect.stringContaining(
        'bad-name: a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit | "worker" would do',
      ),
    ]);
  });

  it('of which the number cannot be read leave one fault, whatever names them', async () => {
    const commands = ['{ time: 0, peer: "w-*", command: a }', '{ time: 0, peer: w-1, command: a }'];
    expect(await told(['{ name: w, replicas: 0, command: ./w }'], commands)).toEqual([
      '5:26 «0» error out-of-range: a number of peers from 1 to 10000 is wanted here, not 0 | the least is 1',
    ]);
    expect(await told(['{ name: w, replicas: "${{ vars.n }}", command: ./w }'], commands)).toEqual([
      '5:27 «${{ vars.n }}» error unknown-var: there is no var "n" | add it: `vars: { n: … }`',
    ]);
  });

  it('are at most ten thousand peers', async () => {
    expect(
      await told(['{ name: a, replicas: 6000, command: ./a }', '{ name: b, replicas: 6000, command: ./b }']),
    ).toContain(
      '6:26 «6000» error too-many-peers: with these 6000 there would be 12000 peers, and 10000 is the most | write fewer replicas',
    );
  });
});
