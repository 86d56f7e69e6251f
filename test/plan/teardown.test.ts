import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/model/fault.ts';
import { hostName, imageRef, testName } from '../../src/model/names.ts';
import type { Observed, ObservedContainer } from '../../src/model/observed.ts';
import { teardown } from '../../src/plan/teardown.ts';
import { apply } from './apply.ts';
import {
  aForeign,
  aHost,
  anImage,
  aPeer,
  aSpec,
  desiredOf,
  emptyWorld,
  IMAGES,
  NODE,
  planOf,
  REDIS,
  RUN,
  textOf,
} from './fixtures.ts';

const spec = aSpec();
const TEST = testName('smoke');
const { redis } = desiredOf(spec);
const world = apply(emptyWorld(spec), planOf(desiredOf(spec), emptyWorld(spec)));

function onFirst(observed: Observed, containers: readonly ObservedContainer[], engine = 'engine-of-host-0'): Observed {
  const [first, ...rest] = observed.hosts;
  if (first?.kind !== 'reachable') throw new Error('reachable');
  return { ...observed, hosts: [{ ...first, engine, containers: [...first.containers, ...containers] }, ...rest] };
}

describe('teardown', () => {
  it('removes the peers, then Redis, and the images that were asked for where they are', () => {
    const images = [NODE, imageRef('nowhere:1')];
    expect(textOf(teardown(world, TEST, { images, redis }))).toMatchInlineSnapshot(`
      "remove host-0 container tm-alice: of the run smoke-2026-01-02-11-00-00
      remove host-0 image acme/node:1.4: listed in images
      remove host-1 container tm-bob: of the run smoke-2026-01-02-11-00-00
      remove host-1 image acme/node:1.4: listed in images
      remove control redis tm-redis: of this test
      --
      remove:host-0:tm-alice
      remove:host-1:tm-bob
      redis:remove <- remove:host-0:tm-alice remove:host-1:tm-bob
      remove-image:host-0:acme/node:1.4 <- remove:host-0:tm-alice
      remove-image:host-1:acme/node:1.4 <- remove:host-1:tm-bob"
    `);
    expect(teardown(world, TEST, { images: [] }).steps.map(({ id }) => id)).toEqual([
      'remove:host-0:tm-alice',
      'remove:host-1:tm-bob',
    ]);
  });

  it("names nothing of somebody else's, other tests among them", () => {
    const theirs = [
      aForeign('tm-bob'),
      {
        ...aForeign('tm-zoe'),
        labels: { test: testName('other'), run: RUN, host: hostName('host-0'), spec: '', redis: '' },
      },
    ];
    const text = textOf(teardown(onFirst(world, theirs), TEST, { images: [] }));
    expect(text).not.toContain('host-0:tm-bob');
    expect(text).not.toContain('tm-zoe');
    const foreign = { ...world, redis: { kind: 'foreign', because: 'port taken' } } as const;
    expect(teardown(foreign, TEST, { images: [], redis }).steps.map(({ id }) => id)).not.toContain('redis:remove');
  });

  it('removes a Redis of ours that shows on a host by its own step where it is managed, else as what it is', () => {
    const container: ObservedContainer = {
      ...aForeign('tm-redis'),
      labels: { test: TEST, run: RUN, host: hostName('control'), spec: 'tm-redis', redis: '' },
    };
    const local = onFirst(emptyWorld(spec), [container]);
    expect(
      teardown({ ...local, redis: { kind: 'unusable', because: 'x' } }, TEST, { images: [], redis }).steps.map(
        ({ id }) => id,
      ),
    ).toEqual(['redis:remove']);
    const external = { kind: 'external', display: 'redis://db' } as const;
    expect(teardown(local, TEST, { images: [], redis: external }).steps.map(({ id }) => id)).toEqual([
      'remove:host-0:tm-redis',
    ]);
  });

  it('tries to remove a Redis that could not be asked, and says which hosts were not', () => {
    const fault: Fault = { kind: 'unreachable', what: 'host', message: 'no route to host-1' };
    const half: Observed = {
      ...world,
      hosts: [world.hosts[0]!, { kind: 'unreachable', host: hostName('host-1'), fault }],
      redis: { kind: 'unreachable', fault: { ...fault, message: 'refused' } },
    };
    const plan = teardown(half, TEST, { images: [], redis });
    expect(plan.steps.map(({ id }) => id)).toEqual(['remove:host-0:tm-alice', 'redis:remove']);
    expect(plan.warnings).toEqual(['host-1 was not asked: no route to host-1', 'Redis was not asked: refused']);
  });

  it("leaves an image of the control machine's own engine, which may be the only one", () => {
    const plan = teardown(onFirst(world, [], 'engine-of-control'), TEST, { images: [NODE], redis });
    expect(plan.steps.filter(({ action }) => action.kind === 'image.remove').map(({ id }) => id)).toEqual([
      'remove-image:host-1:acme/node:1.4',
    ]);
    expect(plan.changes.find(({ on, resource }) => on === 'host-0' && resource.kind === 'image')?.kind).toBe('keep');
  });

  it('does everything on one machine once, however many entries lead to it', () => {
    const twins = aSpec({ hosts: [aHost('a'), aHost('b', { basePort: 12_000 })] });
    const empty = emptyWorld(twins, IMAGES);
    const one = { ...empty, hosts: empty.hosts.map((host) => ({ ...host, engine: 'one' })) };
    const there = apply(one, planOf(desiredOf(twins), one));
    expect(teardown(there, TEST, { images: [NODE], redis }).steps.map(({ id }) => id)).toEqual([
      'remove:a:tm-alice',
      'remove:b:tm-bob',
      'redis:remove',
      'remove-image:a:acme/node:1.4',
    ]);
  });

  it('gives two processes of one name two steps, and calls them processes', () => {
    const hosts = [aHost('local', { runtime: { kind: 'process' } })];
    const local = aSpec({ hosts, peers: [aPeer('alice', { command: ['a'] })] });
    const first = emptyWorld(local, [anImage(REDIS, ['r'])]);
    const once = apply(first, planOf(desiredOf(local), first));
    const twice = onFirst(
      once,
      once.hosts.flatMap((host) =>
        host.kind === 'reachable' ? host.containers.map((c) => ({ ...c, id: 'second' })) : [],
      ),
    );
    const plan = teardown(twice, TEST, { images: [], hosts });
    expect(plan.steps.map(({ id }) => id)).toEqual(['remove:local:tm-alice', 'remove:local:tm-alice#2']);
    expect(plan.changes.map(({ resource }) => resource.kind)).toEqual(['process', 'process']);
    const again = planOf(desiredOf(local), twice);
    expect(again.changes.find(({ kind }) => kind === 'update')?.because).toBe(
      'as it should be; there is more than one of it',
    );
    expect(again.steps.map(({ action }) => action)).toEqual([
      { kind: 'peer.remove', on: 'local', name: 'tm-alice', id: 'second' },
    ]);
  });
});
