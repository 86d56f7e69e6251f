import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Placed, place } from '../../src/plan/place.ts';
import { aHost, aPeer, aSpec } from './fixtures.ts';

function placed(...args: Parameters<typeof place>): readonly Placed[] {
  const result = place(...args);
  if (result.kind !== 'placed') throw new Error('not placed');
  return result.peers;
}

const lines = (peers: readonly Placed[]): readonly string[] =>
  peers.map(({ peer, host, port }) => `${peer} ${host}:${port}`);

describe('place', () => {
  it('gives the example of the Rust tool', () => {
    const peers = ['eve', 'bob', 'alice', 'dave', 'charlie'].map((name) => aPeer(name));
    expect(lines(placed(aSpec({ peers })))).toEqual([
      'alice host-0:11984',
      'bob host-1:11984',
      'charlie host-0:11985',
      'dave host-1:11985',
      'eve host-0:11986',
    ]);
  });

  it('places the untagged group first, then the groups by their tags, and counts ports up across them', () => {
    const hosts = [aHost('a', { tags: ['gpu'] }), aHost('b', { tags: ['eu', 'gpu'], basePort: 20_000 })];
    const peers = [
      aPeer('p1', { runsOn: ['gpu'] }),
      aPeer('p2', { runsOn: ['gpu', 'eu'] }),
      aPeer('p3', { runsOn: ['eu', 'gpu'] }),
      aPeer('p4'),
      aPeer('p5', { runsOn: ['gpu'] }),
    ];
    // Order of the groups: [], [eu, gpu], [gpu].
    expect(lines(placed(aSpec({ hosts, peers })))).toEqual([
      'p1 a:11985',
      'p2 b:20000',
      'p3 b:20001',
      'p4 a:11984',
      'p5 b:20002',
    ]);
  });

  it('sorts names by code point, not by locale', () => {
    expect(lines(placed(aSpec({ peers: [aPeer('b'), aPeer('B'), aPeer('a2'), aPeer('a10')] })))).toEqual([
      'B host-0:11984',
      'a10 host-1:11984',
      'a2 host-0:11985',
      'b host-1:11985',
    ]);
  });

  it('counts ports per host entry even where entries share an address', () => {
    const hosts = [aHost('one', { address: 'h' }), aHost('two', { address: 'h', basePort: 12_000 })];
    expect(lines(placed(aSpec({ hosts })))).toEqual(['alice one:11984', 'bob two:12000']);
  });

  it('names tags and peers of every group that no host fits, and places nobody', () => {
    const hosts = [aHost('a', { tags: ['eu'] })];
    const peers = [
      aPeer('alice'),
      aPeer('dave', { runsOn: ['gpu'] }),
      aPeer('bob', { runsOn: ['eu', 'gpu'] }),
      aPeer('carol', { runsOn: ['gpu', 'eu'] }),
    ];
    expect(place(aSpec({ hosts, peers }))).toEqual({
      kind: 'no-host',
      groups: [
        {
          tags: ['eu', 'gpu'],
          peers: ['bob', 'carol'],
          message: 'no host has all the tags eu and gpu, which bob and carol need',
        },
        { tags: ['gpu'], peers: ['dave'], message: 'no host has the tag gpu, which dave needs' },
      ],
    });
    expect(place(aSpec({ hosts: [], peers: [aPeer('alice')] }))).toMatchObject({
      groups: [{ message: 'there is no host, and alice needs one' }],
    });
    expect(place(aSpec({ hosts: [], peers: [] }))).toEqual({ kind: 'placed', peers: [] });
  });
});

describe('placement, whatever the peers and hosts', () => {
  const tags = fc.uniqueArray(fc.constantFrom('eu', 'gpu', 'big'), { maxLength: 2 });
  const world = fc.record({
    hosts: fc.array(fc.record({ tags, basePort: fc.integer({ min: 1, max: 60_000 }) }), { minLength: 1, maxLength: 5 }),
    peers: fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[A-Za-z0-9][a-z0-9]{0,3}$/), tags }), {
      selector: ({ name }) => name,
      maxLength: 30,
    }),
  });
  const specOf = ({ hosts, peers }: typeof world extends fc.Arbitrary<infer T> ? T : never) =>
    aSpec({
      // The last host has every tag, so that everybody can be placed.
      hosts: [...hosts.map((host, index) => aHost(`h${index}`, host)), aHost('all', { tags: ['big', 'eu', 'gpu'] })],
      peers: peers.map((peer) => aPeer(peer.name, { runsOn: [...peer.tags].sort() })),
    });

  it('does not depend on the order of the peers in the file', () => {
    fc.assert(
      fc.property(
        world.chain((w) => fc.tuple(fc.constant(w), fc.shuffledSubarray(w.peers, { minLength: w.peers.length }))),
        ([w, shuffled]) => {
          expect(place(specOf({ ...w, peers: shuffled }))).toEqual(place(specOf(w)));
        },
      ),
    );
  });

  it('is balanced inside a group, on matching hosts only, with ports that are unique and without gaps', () => {
    fc.assert(
      fc.property(world, (w) => {
        const spec = specOf(w);
        const result = placed(spec);
        expect(result.map(({ peer }) => peer).sort()).toEqual(spec.peers.map(({ name }) => name).sort());
        for (const host of spec.hosts) {
          const ports = result.filter((one) => one.host === host.name).map(({ port }) => port);
          const expected = ports.map((_port, index) => host.basePort + index);
          expect([...ports].sort((a, b) => a - b)).toEqual(expected);
        }
        for (const group of new Set(spec.peers.map(({ runsOn }) => runsOn.join()))) {
          const members = spec.peers.filter(({ runsOn }) => runsOn.join() === group).map(({ name }) => name);
          const wanted = group === '' ? [] : group.split(',');
          const matching = spec.hosts.filter((host) => wanted.every((tag) => host.tags.includes(tag)));
          const counts = matching.map(
            ({ name }) => result.filter((one) => one.host === name && members.includes(one.peer)).length,
          );
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(members.length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
