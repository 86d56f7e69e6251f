/** A model of the walk: what a world looks like after a plan's steps, and the rules that each step relies on. */

import type { Labels } from '../../src/model/labels.ts';
import { type HostName, type ImageRef, type RunId, runId } from '../../src/model/names.ts';
import type { Observed, ObservedContainer, ObservedHost, ObservedImage } from '../../src/model/observed.ts';
import type { Plan, Step, StepId } from '../../src/model/plan.ts';
import { anImage, type Reachable } from './fixtures.ts';

export interface Outside {
  /** What a registry has under a name now. */
  readonly registry: (ref: ImageRef) => ObservedImage;
  /** The run that new containers belong to, unless the plan goes on with another. */
  readonly run: RunId;
}

const OUTSIDE: Outside = {
  registry: (ref) => anImage(ref, ['registry', ref]),
  run: runId('smoke-2026-01-02-11-00-00'),
};

/** The world after all steps. Throws where a real one would fail: a name taken, an image missing, a layer that was counted on. */
export function apply(observed: Observed, plan: Plan, outside: Outside = OUTSIDE): Observed {
  const done = new Set<StepId>();
  return plan.steps.reduce((world, step) => {
    for (const id of step.after) if (!done.has(id)) throw new Error(`${step.id} comes before ${id}`);
    done.add(step.id);
    return perform(world, step, plan, outside);
  }, observed);
}

function perform(world: Observed, { action, id }: Step, plan: Plan, outside: Outside): Observed {
  switch (action.kind) {
    case 'image.pull': {
      const image = outside.registry(action.ref);
      if (action.on !== 'control') return onEngine(world, action.on, (host) => withImage(host, image));
      if (world.control.kind !== 'reachable') throw new Error(`${id}: no engine here`);
      const images = [...world.control.images.filter(({ ref }) => ref !== image.ref), image];
      const pulled: Observed = { ...world, control: { ...world.control, images } };
      const { engine } = world.control;
      return {
        ...pulled,
        hosts: pulled.hosts.map((h) => (h.kind === 'reachable' && h.engine === engine ? withImage(h, image) : h)),
      };
    }
    case 'image.send': {
      const image =
        world.control.kind === 'reachable' ? world.control.images.find(({ ref }) => ref === action.ref) : undefined;
      if (image === undefined) throw new Error(`${id}: not here`);
      return onEngine(world, action.on, (host) => {
        if (action.pulledFirst === undefined && !loads(image, action.have, host))
          throw new Error(`${id}: a layer is missing`);
        return withImage(host, image);
      });
    }
    case 'image.remove':
      return onEngine(world, action.on as HostName, (host) => ({
        ...host,
        images: host.images.filter(({ ref }) => ref !== action.ref),
      }));
    case 'redis.start': {
      if (world.redis.kind === 'ready' || world.redis.kind === 'foreign') throw new Error(`${id}: something is there`);
      return { ...world, redis: { kind: 'ready', instance: `made-after-${world.redis.kind}`, version: '7.0.15' } };
    }
    case 'redis.remove-former': {
      const { formerRedis: _gone, ...rest } = world;
      return rest;
    }
    case 'redis.remove':
      return { ...world, redis: { kind: 'absent' } };
    case 'redis.prepare':
      if (world.redis.kind !== 'ready') throw new Error(`${id}: no Redis`);
      return world;
    case 'peer.run': {
      if (world.redis.kind !== 'ready') throw new Error(`${id}: no Redis`);
      const labels: Labels = {
        test: plan.test,
        run: plan.resumes ?? outside.run,
        peer: action.peer,
        host: action.on,
        spec: action.spec,
        redis: world.redis.instance,
      };
      return onEngine(world, action.on, (host) => {
        if (host.containers.some(({ name }) => name === action.name)) throw new Error(`${id}: the name is taken`);
        return { ...host, containers: [...host.containers, made(action, labels, host)] };
      });
    }
    case 'peer.remove':
      return onEngine(world, action.on, (host) => ({
        ...host,
        containers: host.containers.filter((one) => one.id !== action.id),
      }));
  }
}

function made(
  action: Extract<Step['action'], { kind: 'peer.run' }>,
  labels: Labels,
  host: Reachable,
): ObservedContainer {
  const { name, workload } = action;
  const base = { id: `made-${host.engine}-${name}`, name, labels, state: 'running' } as const;
  if (workload.kind === 'process') return base;
  const image = host.images.find(({ ref }) => ref === workload.image);
  if (image === undefined) throw new Error(`${name}: no image ${workload.image} on ${host.host}`);
  return { ...base, image: workload.image, imageIdentity: image.identity };
}

/** As the engine's loader does: a layer that did not come must be there below the same layers. */
function loads(image: ObservedImage, have: readonly string[], host: Reachable): boolean {
  const chains = [...host.layerChains, ...host.images.map(({ layers }) => layers)];
  return image.layers.every((layer, index) => {
    if (!have.includes(layer)) return true;
    return chains.some((chain) => image.layers.slice(0, index + 1).every((one, at) => chain[at] === one));
  });
}

function withImage(host: Reachable, image: ObservedImage): Reachable {
  return {
    ...host,
    images: [...host.images.filter(({ ref }) => ref !== image.ref), image],
    layerChains: [...host.layerChains, image.layers],
  };
}

/** Changes the engine behind an entry, as every entry that leads to it sees it. */
function onEngine(world: Observed, on: HostName | 'control', change: (host: Reachable) => Reachable): Observed {
  const target = world.hosts.find((host): host is Reachable => host.kind === 'reachable' && host.host === on);
  if (target === undefined) throw new Error(`no engine on ${on}`);
  const after = change(target);
  const same = (host: ObservedHost): host is Reachable => host.kind === 'reachable' && host.engine === target.engine;
  return {
    ...world,
    hosts: world.hosts.map((host) =>
      same(host)
        ? { ...host, containers: after.containers, images: after.images, layerChains: after.layerChains }
        : host,
    ),
  };
}
