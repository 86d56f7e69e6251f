import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerIndex } from '../../src/config/peer-index.ts';
import { faultsOf, loadText } from './load-text.ts';

/** A config of these peers, each as the inside of a map, where `*` gets a command. */
const text = (...peers: string[]): string =>
  [
    'name: t',
    'redis: { port: 6399, image: redis }',
    'hosts: [{ address: h, tags: [x, y] }]',
    'peers:',
    ...peers.map((peer) => `  - { image: i, ${peer} }`),
    'commands: [{ time: 0, peer: "*", command: c }]',
    '',
  ].join('\n');

async function bootstraps(...peers: string[]): Promise<Record<string, readonly string[]>> {
  const { spec, faults } = await loadText(text(...peers));
  if (spec === undefined) throw new Error(JSON.stringify(faults));
  return Object.fromEntries(spec.peers.map(({ name, bootstrap }) => [name, bootstrap]));
}

describe('selectors', () => {
  it('match as a pattern with `.*` for each star would', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.'), minLength: 1, maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '*'), maxLength: 6 }).map((some) => `${some}*`);
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 12 }),
        fc.oneof(
          glob,
          glob.map((some) => `${some}a`),
        ),
        (names, selector) => {
          const { select } = peerIndex({ peers: names.map((one) => ({ name: one })) });
          const pattern = new RegExp(`^${selector.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
          expect(select(selector)).toEqual(names.filter((one) => pattern.test(one)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('take several together in the order of the file, each peer once', () => {
    const index = peerIndex({
      peers: [
        { name: 'z', runs_on: 'x' },
        { name: 'b' },
        { name: 'a', runs_on: ['y', 'x', 'y'] },
        undefined,
        { name: 'c' },
      ],
    });
    expect(index.selectAll(['c', 'tag:x', 'a', '*'])).toEqual(['z', 'b', 'a', 'c']);
    expect(index.selectAll(['a', 'tag:x'])).toEqual(['z', 'a']);
    expect(index.select('tag:y')).toEqual(['a']);
    expect(index.select('nobody')).toEqual([]);
    expect(index.complete).toBe(false);
  });
});

describe('bootstrap', () => {
  it('with a selector is of all that it means but the peer itself, and of each once', async () => {
    expect(
      await bootstraps(
        'name: seed',
        'name: w-1, bootstrap: ["w-*"], runs_on: x',
        'name: w-2, bootstrap: [seed, "*"]',
        'name: w-3, bootstrap: ["tag:x", w-1, seed, seed]',
      ),
    ).toEqual({
      seed: [],
      'w-1': ['w-2', 'w-3'],
      'w-2': ['seed', 'w-1', 'w-3'],
      'w-3': ['w-1', 'seed'],
    });
  });

  it('may mean nobody but the peer itself, and must mean somebody', async () => {
    expect(await bootstraps('name: w-1, bootstrap: ["w-*"]')).toEqual({ 'w-1': [] });
    expect(await faultsOf(text('name: w-1, bootstrap: ["x-*", "tag:x", "*"]'))).toEqual([
      '5:40 «"x-*"» error unknown-peer: no peer has a name like "x-*", which stands in bootstrap | did you mean "w-*"?',
      '5:47 «"tag:x"» error unknown-peer: no peer has the tag "x" in its `runs_on` | no peer asks for a tag',
    ]);
  });
});

describe('idle peers', () => {
  it('are those that no command is for, whatever way it is written', async () => {
    const peers = ['name: a', 'name: w-1', 'name: w-2, runs_on: x', 'name: b'];
    const commands = (...selectors: string[]): string =>
      `commands: [${selectors.map((peer) => `{ time: 0, peer: "${peer}", command: c }`).join(', ')}]`;
    const idle = async (...selectors: string[]): Promise<readonly string[]> =>
      (await faultsOf(text(...peers).replace(/commands: .*/, commands(...selectors)))).map((line) =>
        line.replace(/.*: /, ''),
      );
    expect(await idle('*')).toEqual([]);
    expect(await idle('w-*', 'b')).toEqual(['a is sent no command']);
    expect(await idle('tag:x', 'a')).toEqual(['w-1 is sent no command', 'b is sent no command']);
  });
});

describe('thousands of peers', () => {
  const peers = Array.from({ length: 3000 }, (_unused, index) => `name: w-${index}`);

  it('are found by as many globs, and share what one of them means', async () => {
    const commands = peers.map((_unused, index) => `  - { time: 0, peer: "*-${index}", command: c }`);
    const expected = peers.map((_unused, index) => `  - { peer: "*", log: l${index}, never: true }`);
    const all = text(...peers).replace(/commands: .*/, ['commands:', ...commands, 'expect:', ...expected].join('\n'));
    const { spec, faults } = await loadText(all);
    expect(faults).toEqual([]);
    expect(spec?.commands).toHaveLength(3000);
    expect(spec?.expectations).toHaveLength(3000);
    expect(new Set(spec?.expectations.map((one) => one.peers)).size).toBe(1);
  });

  it('do not all get thousands of commands, or of addresses', async () => {
    const commands = Array.from({ length: 400 }, () => '  - { time: 0, peer: "*", command: c }');
    const many = text(...peers).replace(/commands: .*/, ['commands:', ...commands].join('\n'));
    expect(await faultsOf(many)).toEqual([
      '3339:22 «"*"» error too-many-commands: with this one there are over 1000000 commands | send it to fewer peers',
    ]);
    expect(await faultsOf(text(...peers.map((peer) => `${peer}, bootstrap: ["*"]`)))).toEqual([
      '338:41 «["*"]» error too-many-addresses: with these there are over 1000000 addresses to be sent | let peers bootstrap from fewer ones',
    ]);
  });
});
