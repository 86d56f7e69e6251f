/** Arbitrary fleets with a history: what an earlier config left, what was changed by hand, and what is somebody else's. */
import fc from 'fast-check';
import type { Desired } from '../../src/model/desired.ts';
import { imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { Observed, ObservedContainer, ObservedHost, ObservedImage } from '../../src/model/observed.ts';
import type { HostSpec, PeerSpec, Spec } from '../../src/model/spec.ts';
import { desire } from '../../src/plan/desire.ts';
import { place } from '../../src/plan/place.ts';
import { apply } from './apply.ts';
import { aForeign, aHost, anImage, aPeer, aReachable, aSpec, planOf, RUN } from './fixtures.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'eve'] as const;
const IMAGE_NAMES = ['node:1', 'node:2', 'node', 'other:latest'] as const;
const LAYERS = ['base', 'libs', 'x', 'y'] as const;
const HOSTS = 4;
const OTHER_RUN = runId('smoke-2026-01-01-09-00-00');

const image = (ref: string): fc.Arbitrary<ObservedImage> =>
  fc.array(fc.constantFrom(...LAYERS), { minLength: 1, maxLength: 3 }).map((layers) => anImage(ref, layers));

const peer = (name: string): fc.Arbitrary<PeerSpec> =>
  fc
    .record({
      image: fc.constantFrom(...IMAGE_NAMES),
      environment: fc.constantFrom({}, { A: '1' }, { A: '2' }),
      tags: fc.constantFrom([], [], ['t']),
      memory: fc.constantFrom(undefined, undefined, 1e9),
    })
    .map(({ image, environment, tags, memory }) =>
      aPeer(name, {
        image: imageRef(image),
        environment,
        runsOn: tags,
        command: ['peer'],
        ...(memory === undefined ? {} : { memoryBytes: memory }),
      }),
    );

/** Base ports are apart, so that entries on one machine do not clash. */
const host = (index: number): fc.Arbitrary<HostSpec> =>
  fc.constantFrom('docker', 'docker', 'docker', 'process').map((kind) =>
    aHost(`h${index}`, {
      basePort: 10_000 + 1000 * index,
      tags: index === 0 ? ['t'] : [],
      runtime: kind === 'docker' ? { kind: 'docker' } : { kind: 'process' },
    }),
  );

const config = (hosts: readonly HostSpec[]): fc.Arbitrary<Spec> =>
  fc
    .record({
      used: fc.subarray([...hosts], { minLength: 1 }),
      peers: fc.subarray([...NAMES]).chain((names) => fc.tuple(...names.map(peer))),
      images: fc.subarray(IMAGE_NAMES.map(imageRef)),
      redisImage: fc.constantFrom('redis:7', 'redis'),
      redisKind: fc.constantFrom('docker', 'process'),
    })
    .map(({ used, peers, images, redisImage, redisKind }) =>
      aSpec({
        // The first host has every tag, so that everybody can be placed.
        hosts: used.includes(hosts[0]!) ? used : [hosts[0]!, ...used],
        peers,
        images,
        redis: {
          runtime: redisKind === 'docker' ? { kind: 'docker', image: imageRef(redisImage) } : { kind: 'process' },
          port: 6399,
          auth: 'generated',
        },
      }),
    );

/** The same config with one peer or nothing changed, as people edit it between two applies. */
const edited = (spec: Spec): fc.Arbitrary<Spec> =>
  fc.option(fc.constantFrom(...NAMES).chain(peer)).map((changed) => {
    if (changed === null) return spec;
    const others = spec.peers.filter(({ name }) => name !== changed.name);
    return { ...spec, peers: [...others, changed] };
  });

export interface World {
  readonly before: Spec;
  readonly spec: Spec;
  readonly desired: Desired;
  readonly observed: Observed;
}

function desiredFrom(spec: Spec): Desired {
  const placement = place(spec);
  if (placement.kind !== 'placed') throw new Error('every group has a host here');
  return desire(spec, placement.peers);
}

/** What the hosts of another config show, given the engines' contents of `world`. */
function seenBy(spec: Spec, world: Observed): Observed {
  const names = spec.hosts.map(({ name }) => name);
  return { ...world, hosts: world.hosts.filter(({ host }) => names.includes(host)) };
}

const foreign = fc.record({
  host: fc.nat(HOSTS - 1),
  name: fc.constantFrom(...NAMES, 'zoe', 'redis'),
  labelled: fc.boolean(),
});

/** Damage to what an apply made: states, runs, labels, as crashes and people leave them. */
const damage = fc.record({
  name: fc.constantFrom(...NAMES),
  change: fc.constantFrom<Partial<ObservedContainer>>(
    {},
    {},
    {},
    { state: 'exited', exitCode: 1 },
    { state: 'created' },
    { imageIdentity: 'built by hand' },
  ),
  run: fc.constantFrom(undefined, OTHER_RUN, OTHER_RUN, runId('')),
  spec: fc.constantFrom(...Array.from({ length: 8 }, () => undefined), 'garbage', ''),
  redis: fc.constantFrom(...Array.from({ length: 6 }, () => undefined), 'another instance'),
});

/** A fleet as it may be found: an earlier config was applied to it by RUN, then things happened. */
export const world: fc.Arbitrary<World> = fc
  .tuple(...Array.from({ length: HOSTS }, (_unused, index) => host(index)))
  .chain((hosts) =>
    fc
      .record({
        specs: config(hosts).chain((before) =>
          fc.record({
            before: fc.constant(before),
            spec: fc.oneof({ weight: 3, arbitrary: edited(before) }, config(hosts)),
          }),
        ),
        engines: fc.array(fc.constantFrom('e0', 'e1', 'e2', 'control'), { minLength: HOSTS, maxLength: HOSTS }),
        oldImages: fc.tuple(...IMAGE_NAMES.map(image)),
        newImages: fc.tuple(
          ...IMAGE_NAMES.map((ref) =>
            fc.oneof({ weight: 9, arbitrary: fc.constant('as before' as const) }, image(ref), fc.constant(undefined)),
          ),
        ),
        foreigners: fc.array(foreign, { maxLength: 2 }),
        damages: fc.array(damage, { maxLength: 3 }),
        used: fc.constantFrom([], [], [], [], [OTHER_RUN], [RUN]),
        redis: fc.constantFrom<Observed['redis'] | 'as before'>(
          ...Array.from({ length: 7 }, () => 'as before' as const),
          { kind: 'absent' },
          { kind: 'unusable', because: 'no answer' },
          { kind: 'ready', instance: 'restarted', version: '7.0.15' },
        ),
      })
      .map(({ specs, ...rest }) => {
        const w = { ...rest, ...specs };
        const empty: Observed = {
          hosts: hosts.map(({ name, runtime }, index) =>
            // A process host is never the same engine as a Docker host.
            aReachable(name, { engine: `${runtime.kind} ${w.engines[index]}` }),
          ),
          control: { kind: 'reachable', engine: 'docker control', images: w.oldImages },
          redis: { kind: 'absent' },
          usedRuns: [],
        };
        const first = seenBy(w.before, shared(empty));
        const applied = apply(first, planOf(desiredFrom(w.before), first), { registry: pulled, run: RUN });
        const everywhere = { ...applied, hosts: empty.hosts.map((one) => mirror(one, applied.hosts)) };
        const images = w.newImages.flatMap((one, index) =>
          one === 'as before' ? (w.oldImages[index] ?? []) : (one ?? []),
        );
        const redis = w.redis === 'as before' ? applied.redis : w.redis;
        const usedRuns = w.used.map((run) => ({ run, at: '2026-01-02T10:30:00.000Z' }));
        const later: Observed = {
          ...everywhere,
          redis,
          usedRuns,
          control: { kind: 'reachable', engine: 'docker control', images },
        };
        const harmed = w.damages.reduce((all, one) => harm(all, one), later);
        const occupied = w.foreigners.reduce((all, one) => occupy(all, one), shared(harmed));
        return { before: w.before, spec: w.spec, desired: desiredFrom(w.spec), observed: seenBy(w.spec, occupied) };
      }),
  );

export const pulled = (ref: string): ObservedImage => anImage(ref, ['registry', ref]);

/** A host on the control machine's engine has the control machine's images. */
function shared(observed: Observed): Observed {
  const { control } = observed;
  if (control.kind !== 'reachable') return observed;
  const hosts = observed.hosts.map((host) =>
    host.kind === 'reachable' && host.engine === control.engine ? { ...host, images: control.images } : host,
  );
  return { ...observed, hosts };
}

/** An entry that the earlier config did not have sees what its engine holds by now. */
function mirror(host: ObservedHost, hosts: readonly ObservedHost[]): ObservedHost {
  if (host.kind !== 'reachable') return host;
  const twin = hosts.find((one) => one.kind === 'reachable' && one.engine === host.engine);
  if (twin?.kind !== 'reachable') return host;
  return { ...host, containers: twin.containers, images: twin.images, layerChains: twin.layerChains };
}

function harm(
  observed: Observed,
  { name, change, run, spec, redis }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Observed {
  const hosts = observed.hosts.map((host) => {
    if (host.kind !== 'reachable') return host;
    const containers = host.containers.map((one) => {
      if (one.name !== `tm-${name}` || one.labels === undefined) return one;
      const labels = {
        ...one.labels,
        run: run ?? one.labels.run,
        spec: spec ?? one.labels.spec,
        redis: redis ?? one.labels.redis,
      };
      const { image: _image, imageIdentity: _identity, ...process } = { ...one, ...change, labels };
      return one.image === undefined ? process : { ...one, ...change, labels };
    });
    return { ...host, containers };
  });
  return { ...observed, hosts };
}

/** Puts somebody else's container on a machine, unless one of that name is there. */
function occupy(
  observed: Observed,
  { host, name, labelled }: typeof foreign extends fc.Arbitrary<infer T> ? T : never,
): Observed {
  const at = observed.hosts[host];
  if (at?.kind !== 'reachable' || at.containers.some((one) => one.name === `tm-${name}`)) return observed;
  const labels = { test: testName('other'), run: RUN, peer: peerName(name), host: at.host, spec: '', redis: '' };
  const theirs = { ...aForeign(`tm-${name}`), ...(labelled ? { labels } : {}), id: `theirs-${at.engine}-${name}` };
  const hosts = observed.hosts.map((one) =>
    one.kind === 'reachable' && one.engine === at.engine ? { ...one, containers: [...one.containers, theirs] } : one,
  );
  return { ...observed, hosts };
}
