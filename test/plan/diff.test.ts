import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/model/fault.ts';
import { imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Observed, ObservedContainer } from '../../src/model/observed.ts';
import type { Spec } from '../../src/model/spec.ts';
import { diff } from '../../src/plan/diff.ts';
import { hasChanges } from '../../src/plan/summary.ts';
import { apply } from './apply.ts';
import {
  addressesIn,
  aForeign,
  aHost,
  anImage,
  aPeer,
  aReachable,
  aSpec,
  desiredOf,
  emptyWorld,
  IMAGES,
  NODE,
  planOf,
  REDIS,
  type Reachable,
  RUN,
  textOf,
} from './fixtures.ts';

const spec = aSpec();
const LATER = runId('smoke-2026-01-03-10-00-00');

const text = (observed: Observed, of: Spec = spec): string => textOf(planOf(desiredOf(of), observed));

/** The world after a first apply by the run RUN. */
function standing(of: Spec = spec, from: Observed = emptyWorld(of)): Observed {
  return apply(from, planOf(desiredOf(of), from), { registry: (ref) => anImage(ref, ['pulled', ref]), run: RUN });
}

function withHost(world: Observed, name: string, change: (host: Reachable) => Partial<Reachable>): Observed {
  const hosts = world.hosts.map((host) =>
    host.kind === 'reachable' && host.host === name ? { ...host, ...change(host) } : host,
  );
  return { ...world, hosts };
}

/** The world with something else to say of one container. */
function withContainer(
  world: Observed,
  name: string,
  change: (one: ObservedContainer) => Partial<ObservedContainer>,
): Observed {
  return world.hosts.reduce(
    (after, { host }) =>
      withHost(after, host, ({ containers }) => ({
        containers: containers.map((one) => (one.name === name ? { ...one, ...change(one) } : one)),
      })),
    world,
  );
}

const alone = aSpec({ hosts: [aHost('host-0')], peers: [aPeer('alice')] });

describe('a first run', () => {
  it('sends images, starts Redis, clears keys, then runs every peer', () => {
    expect(text(emptyWorld(spec))).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there (30 of 30 MB)
      add host-0 container tm-alice: not there
      add host-1 image acme/node:1.4: not there (30 of 30 MB)
      add host-1 container tm-bob: not there
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      redis:start
      send:host-0:acme/node:1.4
      send:host-1:acme/node:1.4
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4
      run:host-1:tm-bob <- redis:prepare send:host-1:acme/node:1.4"
    `);
  });

  it('sends only the layers that a host lacks', () => {
    const world = withHost(emptyWorld(alone), 'host-0', () => ({ layerChains: [['base', 'libs', 'node-1.3']] }));
    const plan = planOf(desiredOf(alone), world);
    expect(plan.changes[0]?.transfer).toEqual({ bytes: 10e6, totalBytes: 30e6, missingLayers: 1, totalLayers: 3 });
    expect(plan.steps.map(({ action }) => action)).toContainEqual({
      kind: 'image.send',
      on: 'host-0',
      ref: NODE,
      have: ['base', 'libs'],
      bytes: 10e6,
    });
  });

  it('sends the base that two images share once, the second after the first', () => {
    const two = aSpec({
      hosts: [aHost('host-0')],
      peers: [aPeer('alice'), aPeer('bob', { image: imageRef('acme/other') })],
    });
    const images = [
      anImage('acme/node:1.4', ['base', 'node']),
      anImage('acme/other', ['base', 'other']),
      anImage(REDIS, ['r']),
    ];
    const plan = planOf(desiredOf({ ...two, images: [] }), emptyWorld(two, images));
    // acme/other has a moving tag, so it is pulled again first and counted on by nobody; but it may count on acme/node.
    expect(textOf(plan)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there (20 of 20 MB)
      add host-0 image acme/other: not there (10 of 20 MB)
      add host-0 container tm-alice: not there
      add host-0 container tm-bob: not there
      keep control image acme/node:1.4: here
      keep control image acme/other: here; asked for again, since its tag moves
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      pull:control:acme/other
      redis:start
      send:host-0:acme/node:1.4
      send:host-0:acme/other <- pull:control:acme/other send:host-0:acme/node:1.4
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4
      run:host-0:tm-bob <- redis:prepare send:host-0:acme/other"
    `);
  });

  it('fetches here what is not here, and then cannot say how much there is to send', () => {
    expect(text(emptyWorld(alone, []), alone)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there; to be pulled first
      add host-0 container tm-alice: not there
      add control image acme/node:1.4: not here
      add control image redis:7: not here
      add control redis tm-redis: not there
      --
      pull:control:acme/node:1.4
      pull:control:redis:7
      redis:start <- pull:control:redis:7
      send:host-0:acme/node:1.4 <- pull:control:acme/node:1.4
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4"
    `);
  });

  it('fetches an image that is only listed, and asks again for a tag that moves', () => {
    const listed = aSpec({ ...alone, images: [imageRef('a:1'), imageRef('b'), imageRef('c:1')] });
    const world = emptyWorld(listed, [...IMAGES, anImage('b', ['b']), anImage('c:1', ['c'])]);
    expect(text(world, listed)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there (30 of 30 MB)
      add host-0 container tm-alice: not there
      add control image a:1: not here
      keep control image acme/node:1.4: here
      keep control image b: here; asked for again, since its tag moves
      keep control image c:1: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      pull:control:a:1
      pull:control:b
      redis:start
      send:host-0:acme/node:1.4
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4"
    `);
  });

  it('asks again for a moving tag before it makes peers from it, and compares every host afterwards', () => {
    const moving = aSpec({
      peers: [aPeer('alice', { image: imageRef('acme/node') }), aPeer('bob', { image: imageRef('acme/node') })],
    });
    const image = anImage('acme/node', ['base', 'node']);
    const world = withHost(emptyWorld(moving, [image, anImage(REDIS, ['r'])]), 'host-1', () => ({
      images: [image],
      layerChains: [image.layers],
    }));
    expect(text(world, moving)).toMatchInlineSnapshot(`
      "add host-0 image acme/node: not there (20 of 20 MB)
      add host-0 container tm-alice: not there
      keep host-1 image acme/node: there
      add host-1 container tm-bob: not there
      keep control image acme/node: here; asked for again, since its tag moves
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      pull:control:acme/node
      redis:start
      send:host-0:acme/node <- pull:control:acme/node
      send:host-1:acme/node <- pull:control:acme/node
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node
      run:host-1:tm-bob <- redis:prepare send:host-1:acme/node"
    `);
  });

  it('marks every send whose content nobody knows yet, and no other', () => {
    const sends = (world: Observed) =>
      planOf(desiredOf(alone), world).steps.flatMap(({ action }) => (action.kind === 'image.send' ? [action] : []));
    expect(sends(emptyWorld(alone)).map(({ pulledFirst }) => pulledFirst)).toEqual([undefined]);
    expect(sends(emptyWorld(alone, []))).toMatchObject([{ have: [], bytes: 0, pulledFirst: true }]);
    const elsewhere = anImage(NODE, ['base', 'other', 'base']);
    const listed = { ...alone, images: [NODE] };
    const world = withHost(emptyWorld(alone, []), 'host-0', () => ({ images: [elsewhere] }));
    expect(planOf(desiredOf(listed), world).steps.map(({ action }) => action)).toContainEqual({
      kind: 'image.send',
      on: 'host-0',
      ref: NODE,
      have: ['base', 'other'],
      bytes: 0,
      pulledFirst: true,
    });
  });

  it('needs no image on a host whose engine is the control machine itself', () => {
    const here = withHost(emptyWorld(alone, []), 'host-0', () => ({ engine: 'engine-of-control' }));
    expect(text(here, alone)).toMatchInlineSnapshot(`
      "add host-0 container tm-alice: not there
      add control image acme/node:1.4: not here
      add control image redis:7: not here
      add control redis tm-redis: not there
      --
      pull:control:acme/node:1.4
      pull:control:redis:7
      redis:start <- pull:control:redis:7
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare pull:control:acme/node:1.4"
    `);
    const ready = withHost(emptyWorld(alone), 'host-0', () => ({ engine: 'engine-of-control', images: IMAGES }));
    expect(text(ready, alone)).toMatchInlineSnapshot(`
      "add host-0 container tm-alice: not there
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      redis:start
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare"
    `);
  });

  it('runs processes without any image', () => {
    const hosts = [aHost('local', { runtime: { kind: 'process' }, connection: { kind: 'local' } })];
    const peers = [aPeer('alice', { command: ['node', 'a.ts'] })];
    const local = aSpec({ hosts, peers, redis: { runtime: { kind: 'process' }, port: 6399, auth: 'generated' } });
    expect(text(emptyWorld(local, []), local)).toMatchInlineSnapshot(`
      "add local process tm-alice: not there
      add control redis redis-server: not there
      --
      redis:start
      redis:prepare <- redis:start
      run:local:tm-alice <- redis:prepare"
    `);
  });
});

describe('what stands already', () => {
  it('is kept, with the run that it belongs to', () => {
    expect(text(standing())).toMatchInlineSnapshot(`
      "resumes smoke-2026-01-02-10-00-00
      keep host-0 image acme/node:1.4: there
      keep host-0 container tm-alice: as it should be
      keep host-1 image acme/node:1.4: there
      keep host-1 container tm-bob: as it should be
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --"
    `);
  });

  it('is completed by what is missing: keys are cleared for the new peer only', () => {
    const more = aSpec({ peers: [aPeer('alice'), aPeer('bob'), aPeer('zoe')] });
    const plan = planOf(desiredOf(more), standing());
    expect(textOf(plan)).toMatchInlineSnapshot(`
      "resumes smoke-2026-01-02-10-00-00
      keep host-0 image acme/node:1.4: there
      keep host-0 container tm-alice: as it should be
      add host-0 container tm-zoe: not there
      keep host-1 image acme/node:1.4: there
      keep host-1 container tm-bob: as it should be
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      redis:prepare
      run:host-0:tm-zoe <- redis:prepare"
    `);
    expect(plan.steps[0]?.action).toEqual({ kind: 'redis.prepare', peers: ['zoe'] });
  });

  it('goes on with the image that it began with, even where its tag moves', () => {
    const moving = (...names: readonly string[]) =>
      aSpec({ hosts: [aHost('host-0')], peers: names.map((name) => aPeer(name, { image: imageRef('node') })) });
    const world = standing(moving('alice'), emptyWorld(moving('alice'), [...IMAGES, anImage('node', ['n'])]));
    expect(planOf(desiredOf(moving('alice', 'bob')), world).steps.map(({ id }) => id)).toEqual([
      'redis:prepare',
      'run:host-0:tm-bob',
    ]);
  });

  it('is replaced where its image is no longer here and another host waits for it', () => {
    const two = aSpec({ peers: [aPeer('alice'), aPeer('bob')] });
    const world = withHost(standing(), 'host-1', () => ({ images: [], containers: [] }));
    const lost = { ...world, control: { kind: 'reachable', images: [anImage(REDIS, ['r'])] } } as const;
    expect(text(lost, two)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there; compared again when it is pulled
      replace host-0 container tm-alice: image acme/node:1.4 is to be pulled first [image]
      add host-1 image acme/node:1.4: not there; to be pulled first
      add host-1 container tm-bob: not there
      add control image acme/node:1.4: not here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      pull:control:acme/node:1.4
      remove:host-0:tm-alice
      send:host-0:acme/node:1.4 <- pull:control:acme/node:1.4
      send:host-1:acme/node:1.4 <- pull:control:acme/node:1.4
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4
      run:host-1:tm-bob <- redis:prepare send:host-1:acme/node:1.4"
    `);
  });

  it('is removed where the config no longer has it or has it elsewhere', () => {
    const fewer = aSpec({
      hosts: [aHost('host-0'), aHost('host-1', { tags: ['b'] })],
      peers: [aPeer('alice', { runsOn: ['b'] })],
    });
    expect(text(standing(), fewer)).toMatchInlineSnapshot(`
      "remove host-0 container tm-alice: now on host-1
      keep host-1 image acme/node:1.4: there
      add host-1 container tm-alice: not there; it was on host-0
      remove host-1 container tm-bob: no longer in the config
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      remove:host-1:tm-bob
      redis:prepare <- remove:host-0:tm-alice remove:host-1:tm-bob
      run:host-1:tm-alice <- redis:prepare"
    `);
  });

  it('is replaced where the config names another image, another environment or other ports', () => {
    const changed = aSpec({
      peers: [
        aPeer('alice', { image: imageRef('acme/node:1.5') }),
        aPeer('bob', { environment: { A: '1' }, memoryBytes: 1e9 }),
      ],
    });
    const world = {
      ...standing(),
      control: { kind: 'reachable', images: [...IMAGES, anImage('acme/node:1.5', ['x'])] },
    } as const;
    expect(text(world, changed)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.5: not there (10 of 10 MB)
      replace host-0 container tm-alice: image 1.4 → 1.5 [image]
      keep host-1 image acme/node:1.4: there
      replace host-1 container tm-bob: differs from the config [environment, memory]
      keep control image acme/node:1.4: here
      keep control image acme/node:1.5: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      remove:host-1:tm-bob
      send:host-0:acme/node:1.5
      redis:prepare <- remove:host-0:tm-alice remove:host-1:tm-bob
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.5
      run:host-1:tm-bob <- redis:prepare"
    `);
  });

  it('names both images in full where more than the tag is another', () => {
    const change = (from: string | undefined, to: string): string | undefined => {
      const spec = aSpec({ ...alone, peers: [aPeer('alice', { image: imageRef(to) })] });
      const world = withContainer(standing(alone), 'tm-alice', ({ image: _image, ...one }) => ({
        ...one,
        ...(from === undefined ? { image: undefined as never } : { image: from }),
      }));
      const plan = planOf(desiredOf(spec), world);
      return plan.changes.find(({ resource }) => resource.kind === 'container')?.because;
    };
    expect(change('reg:5000/a:1', 'reg:5000/a:2')).toBe('image 1 → 2');
    expect(change('a:1', 'b:1')).toBe('image a:1 → b:1');
    expect(change('reg:5000/a', 'reg:5000/b')).toBe('image reg:5000/a → reg:5000/b');
    expect(change('a', 'a:2')).toBe('image a → a:2');
    expect(change('a@sha256:12', 'a@sha256:34')).toBe('image a@sha256:12 → a@sha256:34');
    expect(change(undefined, 'a:2')).toBe('image unknown → a:2');
  });

  it('is replaced where the image was built anew, and the host gets what changed of it', () => {
    const rebuilt = [anImage('acme/node:1.4', ['base', 'libs', 'node-1.4-rebuilt']), anImage(REDIS, ['base', 'redis'])];
    expect(text({ ...standing(alone), control: { kind: 'reachable', images: rebuilt } }, alone)).toMatchInlineSnapshot(`
      "update host-0 image acme/node:1.4: another image under this name (10 of 30 MB)
      replace host-0 container tm-alice: image acme/node:1.4 was built anew [image]
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      send:host-0:acme/node:1.4
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4"
    `);
  });

  it('is replaced where it went through a timeline, has ended, or was never started', () => {
    const three = aSpec({ peers: ['alice', 'bob', 'carol', 'dave'].map((name) => aPeer(name)) });
    let world = standing(three);
    world = withContainer(world, 'tm-alice', () => ({ state: 'exited', exitCode: 3 }));
    world = withContainer(world, 'tm-bob', () => ({ state: 'created' }));
    world = withContainer(world, 'tm-carol', ({ labels }) => ({ labels: { ...labels!, run: LATER } }));
    world = withContainer(world, 'tm-dave', ({ labels }) => ({
      state: 'exited',
      exitCode: 0,
      labels: { ...labels!, run: LATER },
    }));
    expect(
      text({ ...world, usedRuns: [{ run: LATER, at: '2026-01-03T10:02:07.123Z' }] }, three),
    ).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: has ended (exit code 3)
      replace host-0 container tm-carol: went through a timeline at 10:02 UTC
      keep host-1 image acme/node:1.4: there
      replace host-1 container tm-bob: was never started
      replace host-1 container tm-dave: went through a timeline at 10:02 UTC
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      remove:host-0:tm-carol
      remove:host-1:tm-bob
      remove:host-1:tm-dave
      redis:prepare <- remove:host-0:tm-alice remove:host-0:tm-carol remove:host-1:tm-bob remove:host-1:tm-dave
      run:host-0:tm-alice <- redis:prepare
      run:host-0:tm-carol <- redis:prepare
      run:host-1:tm-bob <- redis:prepare
      run:host-1:tm-dave <- redis:prepare"
    `);
    const undated = planOf(desiredOf(three), { ...world, usedRuns: [{ run: LATER }] });
    expect(undated.changes.filter(({ kind }) => kind === 'replace').at(-1)?.because).toBe('went through a timeline');
  });

  it('stays in one run: of two runs, the later goes on and peers of the earlier are replaced', () => {
    const world = withContainer(standing(), 'tm-bob', ({ labels }) => ({ labels: { ...labels!, run: LATER } }));
    expect(text(world)).toMatchInlineSnapshot(`
      "resumes smoke-2026-01-03-10-00-00
      keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: belongs to the earlier run smoke-2026-01-02-10-00-00
      keep host-1 image acme/node:1.4: there
      keep host-1 container tm-bob: as it should be
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare"
    `);
  });

  it('is replaced with its Redis, and where it was started against another one', () => {
    const unusable = { ...standing(alone), redis: { kind: 'unusable', because: 'its password is not known' } } as const;
    expect(text(unusable, alone)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: its Redis is made anew [redis]
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      replace control redis tm-redis: its password is not known
      --
      remove:host-0:tm-alice
      redis:start
      redis:prepare <- remove:host-0:tm-alice redis:start
      run:host-0:tm-alice <- redis:prepare"
    `);
    const another = { ...standing(alone), redis: { kind: 'ready', instance: 'another', version: '7.0.15' } } as const;
    expect(text(another, alone)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: its Redis was made anew [redis]
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare"
    `);
  });

  it('is replaced where it runs but has reported nothing, which after a failed start it never will', () => {
    const plan = planOf(desiredOf(spec), { ...standing(), silentPeers: [peerName('bob')] });
    expect(plan.changes.filter(({ kind }) => kind === 'replace').map(({ because }) => because)).toEqual([
      'has not reported started',
    ]);
    expect(plan.steps.map(({ id }) => id)).toEqual(['remove:host-1:tm-bob', 'redis:prepare', 'run:host-1:tm-bob']);
  });

  it('is replaced where its label cannot be read', () => {
    const world = withContainer(standing(alone), 'tm-alice', ({ labels }) => ({
      labels: { ...labels!, spec: 'v2:abc' },
    }));
    expect(text(world, alone)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: its label io.the-mule.spec cannot be read [unknown label]
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare"
    `);
  });

  it('is replaced where Redis or its host has another address now', () => {
    const world = withHost(standing(alone), 'host-0', () => ({
      controlAddress: '192.0.2.77',
      hostAddress: 'elsewhere',
    }));
    expect(text(world, alone)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: differs from the config [host-address, redis-address]
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:host-0:tm-alice
      redis:prepare <- remove:host-0:tm-alice
      run:host-0:tm-alice <- redis:prepare"
    `);
  });
});

describe('what is not ours', () => {
  it('is a conflict that no step touches', () => {
    const theirs = (name: string, test: string): ObservedContainer => ({
      ...aForeign(name),
      labels: { test: testName(test), run: RUN, peer: peerName('bob'), host: 'host-1' as never, spec: '', redis: '' },
    });
    let world = withHost(emptyWorld(spec), 'host-0', () => ({
      containers: [aForeign('tm-alice'), aForeign('tm-else')],
    }));
    world = withHost(world, 'host-1', () => ({ containers: [theirs('tm-bob', 'other'), theirs('tm-zoe', 'other')] }));
    expect(
      text({ ...world, redis: { kind: 'foreign', because: 'port 6399 is taken', test: testName('other') } }),
    ).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there (30 of 30 MB)
      conflict host-0 container tm-alice: is somebody else's (no label io.the-mule.test): remove or rename it
      add host-1 image acme/node:1.4: not there (30 of 30 MB)
      conflict host-1 container tm-bob: belongs to the test other: tm destroy it first
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      conflict control redis tm-redis: port 6399 is taken; it belongs to the test other: tm destroy it first
      --
      send:host-0:acme/node:1.4
      send:host-1:acme/node:1.4"
    `);
  });

  it('is, among what has our label, the managed Redis on a host that is this machine', () => {
    const redis: ObservedContainer = {
      ...aForeign('tm-redis'),
      labels: { test: spec.test, run: RUN, host: 'control' as never, spec: 'tm-redis', redis: '' },
    };
    const world = withHost(standing(alone), 'host-0', ({ containers }) => ({ containers: [...containers, redis] }));
    expect(planOf(desiredOf(alone), world).steps).toEqual([]);
    const named = aSpec({ ...alone, peers: [aPeer('redis')] });
    expect(
      text(
        withHost(emptyWorld(named), 'host-0', () => ({ containers: [redis] })),
        named,
      ),
    ).toContain('own Redis: give the peer another name');
  });
});

describe('two host entries on one machine', () => {
  const twins = aSpec({ hosts: [aHost('a'), aHost('b', { basePort: 12_000 })] });
  const oneEngine = (world: Observed): Observed => ({
    ...world,
    hosts: world.hosts.map((host) => (host.kind === 'reachable' ? { ...host, engine: 'one' } : host)),
  });

  it('gets the image once, and keeps what belongs to the other entry', () => {
    const empty = oneEngine(emptyWorld(twins));
    expect(text(empty, twins)).toMatchInlineSnapshot(`
      "add a image acme/node:1.4: not there (30 of 30 MB)
      add a container tm-alice: not there
      add b container tm-bob: not there
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      redis:start
      send:a:acme/node:1.4
      redis:prepare <- redis:start
      run:a:tm-alice <- redis:prepare send:a:acme/node:1.4
      run:b:tm-bob <- redis:prepare send:a:acme/node:1.4"
    `);
    expect(hasChanges(planOf(desiredOf(twins), standing(twins, empty)))).toBe(false);
  });

  it('keeps a peer whose label names the other entry, as long as nothing else changed', () => {
    const world = withContainer(standing(twins, oneEngine(emptyWorld(twins))), 'tm-alice', ({ labels }) => ({
      labels: { ...labels!, host: 'b' as never },
    }));
    expect(planOf(desiredOf(twins), world).steps).toEqual([]);
  });

  it('replaces a peer that moves to the other entry, and removes leftovers once', () => {
    const world = standing(twins, oneEngine(emptyWorld(twins)));
    const swapped = aSpec({ hosts: [aHost('b', { basePort: 12_000 }), aHost('a')], peers: [aPeer('alice')] });
    expect(text({ ...world, hosts: [...world.hosts].reverse() }, swapped)).toMatchInlineSnapshot(`
      "keep b image acme/node:1.4: there
      replace b container tm-alice: differs from the config [listen, host, host-address]
      remove b container tm-bob: no longer in the config
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      keep control redis tm-redis: Redis 7.0.15 answers
      --
      remove:b:tm-bob
      remove:a:tm-alice
      redis:prepare <- remove:b:tm-bob remove:a:tm-alice
      run:b:tm-alice <- redis:prepare"
    `);
  });

  it('says which port is taken twice', () => {
    const clash = aSpec({ hosts: [aHost('a'), aHost('b')] });
    const plan = planOf(desiredOf(clash), oneEngine(emptyWorld(clash)));
    expect(plan.changes.find(({ kind }) => kind === 'conflict')?.because).toBe(
      'port 11984/udp is taken by alice on the same machine: change base_port or ports',
    );
    expect(plan.steps.map(({ id }) => id)).not.toContain('run:b:tm-bob');
  });

  it('knows that the managed Redis is on the control machine too', () => {
    const ports = [{ hostPort: 6399, containerPort: 80, protocol: 'tcp' }] as const;
    const local = aSpec({ hosts: [aHost('a')], peers: [aPeer('alice', { ports }), aPeer('redis')] });
    const world = withHost(emptyWorld(local), 'a', () => ({ engine: 'engine-of-control', images: IMAGES }));
    expect(
      planOf(desiredOf(local), world)
        .changes.filter(({ kind }) => kind === 'conflict')
        .map(({ because }) => because),
    ).toEqual([
      "port 6399/tcp is taken by the test's Redis on the same machine: change base_port or ports",
      "name tm-redis is taken by the test's Redis on the same machine: give the peer another name",
    ]);
  });
});

describe('platforms', () => {
  const arm = { os: 'linux', architecture: 'arm64' } as const;
  const onArm = (images: Reachable['images']) =>
    withHost(emptyWorld(alone), 'host-0', () => ({ platform: arm, images }));

  it('refuses an image for another architecture', () => {
    expect(text(onArm([]), alone)).toMatchInlineSnapshot(`
      "conflict host-0 image acme/node:1.4: is for amd64, host-0 is arm64: build or pull it there
      add host-0 container tm-alice: not there
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      redis:start
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare"
    `);
  });

  it("takes the host's own build for its architecture, and keeps what runs from it", () => {
    const own = anImage('acme/node:1.4', ['arm'], arm);
    expect(text(onArm([own]), alone)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there for arm64; this machine's is for amd64
      add host-0 container tm-alice: not there
      keep control image acme/node:1.4: here
      keep control image redis:7: here
      add control redis tm-redis: not there
      --
      redis:start
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare"
    `);
    expect(planOf(desiredOf(alone), standing(alone, onArm([own]))).steps).toEqual([]);
  });
});

describe('what cannot be asked', () => {
  const fault: Fault = { kind: 'unreachable', what: 'docker', message: 'no Docker socket here' };

  it('counts as not there, and the plan says why', () => {
    const hosts = spec.hosts.map(({ name }) => ({ kind: 'unknown', host: name }) as const);
    const offline: Observed = { hosts, control: { kind: 'unknown' }, redis: { kind: 'unknown' }, usedRuns: [] };
    expect(text(offline)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not asked (--offline)
      add host-0 container tm-alice: not asked (--offline)
      add host-1 image acme/node:1.4: not asked (--offline)
      add host-1 container tm-bob: not asked (--offline)
      add control image acme/node:1.4: not asked (--offline)
      add control image redis:7: not asked (--offline)
      add control redis tm-redis: not asked (--offline)
      --
      pull:control:acme/node:1.4
      pull:control:redis:7
      redis:start <- pull:control:redis:7
      send:host-0:acme/node:1.4 <- pull:control:acme/node:1.4
      send:host-1:acme/node:1.4 <- pull:control:acme/node:1.4
      redis:prepare <- redis:start
      run:host-0:tm-alice <- redis:prepare send:host-0:acme/node:1.4
      run:host-1:tm-bob <- redis:prepare send:host-1:acme/node:1.4"
    `);
    const away = {
      ...emptyWorld(spec),
      hosts: spec.hosts.map(({ name }) => ({ kind: 'unreachable', host: name, fault }) as const),
    };
    const plan = planOf(desiredOf(spec), { ...away, redis: { kind: 'unreachable', fault } });
    expect(plan.warnings).toEqual([
      'host-0 was not asked: no Docker socket here',
      'host-1 was not asked: no Docker socket here',
      'Redis was not asked: no Docker socket here',
    ]);
    expect(plan.changes.filter(({ kind }) => kind !== 'add').map(({ resource }) => resource.kind)).toEqual([
      'image',
      'image',
    ]);
  });

  it('lets a host fetch its image itself where this machine has no engine', () => {
    const image = anImage('acme/node:1.4', ['other']);
    const world = withHost({ ...emptyWorld(spec), control: { kind: 'unreachable', fault } }, 'host-1', () => ({
      images: [image],
    }));
    const external = desiredOf(spec, 'redis://db:6379/0');
    const plan = diff(
      external,
      { ...world, redis: { kind: 'ready', instance: 'i', version: '7.2.0' } },
      addressesIn(world),
    );
    expect(textOf(plan)).toMatchInlineSnapshot(`
      "add host-0 image acme/node:1.4: not there; this machine has no engine, so the host pulls it
      add host-0 container tm-alice: not there
      keep host-1 image acme/node:1.4: there
      add host-1 container tm-bob: not there
      keep control redis redis://db:6379/0: Redis 7.2.0 answers
      --
      pull:host-0:acme/node:1.4
      redis:prepare
      run:host-0:tm-alice <- redis:prepare pull:host-0:acme/node:1.4
      run:host-1:tm-bob <- redis:prepare"
    `);
  });

  it('warns of an image that is not the same on two hosts, where none is here to compare', () => {
    let world = withHost(emptyWorld(spec, [anImage(REDIS, ['r'])]), 'host-0', () => ({
      images: [anImage('acme/node:1.4', ['one'])],
    }));
    world = withHost(world, 'host-1', () => ({ images: [anImage('acme/node:1.4', ['two'])] }));
    const plan = planOf(desiredOf(spec), world);
    expect(plan.warnings).toEqual([
      'acme/node:1.4 is not the same image on host-0, host-1, and this machine has none to compare',
    ]);
    expect(plan.steps.filter(({ action }) => action.kind.startsWith('image.'))).toEqual([]);
  });
});

describe('Redis', () => {
  it('of somebody else is used as it is', () => {
    const world: Observed = { ...emptyWorld(alone), redis: { kind: 'ready', instance: 'i', version: '7.2.0' } };
    const plan = diff(desiredOf(alone, 'redis://:[redacted]@db/0'), world, addressesIn(world));
    expect(plan.changes.at(-1)).toMatchObject({
      kind: 'keep',
      on: 'control',
      resource: { kind: 'redis', name: 'redis://:[redacted]@db/0' },
    });
    expect(plan.steps.map(({ id }) => id)).not.toContain('redis:start');
  });

  it('must be reachable from every host that has peers', () => {
    const { controlAddress: _address, ...jumped } = aReachable('host-0');
    const world = { ...emptyWorld(alone), hosts: [jumped] };
    expect(planOf(desiredOf(alone), world).changes.find(({ kind }) => kind === 'conflict')).toMatchObject({
      on: 'host-0',
      because: 'how this host reaches it cannot be told: set redis.advertise to an address of this machine',
    });
    const unused = aSpec({ ...alone, peers: [] });
    expect(planOf(desiredOf(unused), world).changes.some(({ kind }) => kind === 'conflict')).toBe(false);
  });
});

it('is decided by its inputs: the same text twice', () => {
  const world = standing();
  expect(JSON.stringify(planOf(desiredOf(spec), world))).toBe(JSON.stringify(planOf(desiredOf(spec), world)));
});
