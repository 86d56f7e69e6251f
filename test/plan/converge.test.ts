/** What holds of every plan, whatever was found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testName } from '../../src/model/names.ts';
import type { Observed, ObservedContainer } from '../../src/model/observed.ts';
import type { Plan, StepId } from '../../src/model/plan.ts';
import { hasChanges } from '../../src/plan/summary.ts';
import { teardown } from '../../src/plan/teardown.ts';
import { apply } from './apply.ts';
import { planOf, RUN } from './fixtures.ts';
import { pulled, type World, world } from './worlds.ts';

const OUTSIDE = { registry: pulled, run: RUN };
const TEST = testName('smoke');

const conflicts = (plan: Plan): boolean => plan.changes.some(({ kind }) => kind === 'conflict');

function containers(observed: Observed): readonly ObservedContainer[] {
  return observed.hosts.flatMap((host) => (host.kind === 'reachable' ? host.containers : []));
}

const isForeign = ({ labels }: ObservedContainer): boolean => labels?.test !== TEST;

/** Everything that a step comes after, directly or not. */
function before(plan: Plan, id: StepId): ReadonlySet<StepId> {
  const found = new Set<StepId>();
  const visit = (one: StepId): void => {
    for (const next of plan.steps.find((step) => step.id === one)?.after ?? []) {
      if (!found.has(next)) visit(next);
      found.add(next);
    }
  };
  visit(id);
  return found;
}

/** A new run needs a new id once RUN is used up. */
const outsideOf = ({ observed }: World) =>
  observed.usedRuns.some(({ run }) => run === RUN) ? { ...OUTSIDE, run: `${RUN}-again` as typeof RUN } : OUTSIDE;

/**
 * Every peer is there once, runs on its machine from the right image against the right Redis, and all belong to one run that is
 * not used up; nothing else of ours is there. Said without the planner's own words.
 */
function expectAsDesired({ desired, observed }: World, after: Observed): void {
  const ours = new Map(
    containers(after)
      .filter((one) => !isForeign(one))
      .map((one) => [one.id, one]),
  );
  expect([...ours.values()].map(({ name }) => name).sort()).toEqual(desired.peers.map(({ peer }) => `tm-${peer}`));
  const runs = new Set([...ours.values()].map(({ labels }) => labels?.run));
  expect(runs.size).toBeLessThanOrEqual(1);
  for (const run of runs) expect([undefined, '', ...observed.usedRuns.map((used) => used.run)]).not.toContain(run);
  for (const { peer, host, workload } of desired.peers) {
    const at = after.hosts.find((one) => one.host === host);
    if (at?.kind !== 'reachable' || after.redis.kind !== 'ready' || after.control.kind !== 'reachable')
      throw new Error('not reachable');
    const actual = at.containers.find(({ name }) => name === `tm-${peer}`);
    expect(actual).toMatchObject({ state: 'running', labels: { redis: after.redis.instance } });
    if (workload.kind === 'process') continue;
    const right = [after.control, at].flatMap(
      ({ images }) => images.find(({ ref }) => ref === workload.image) ?? [],
    )[0];
    expect(actual).toMatchObject({ image: workload.image, imageIdentity: right?.identity });
  }
}

describe('a plan without conflicts', () => {
  it('converges: once it is applied, nothing is left to do but to ask again for moving tags', () => {
    fc.assert(
      fc.property(world, (w) => {
        const plan = planOf(w.desired, w.observed);
        fc.pre(!conflicts(plan));
        const after = apply(w.observed, plan, outsideOf(w));
        const again = planOf(w.desired, after);
        expect(again.changes.filter(({ kind }) => kind !== 'keep')).toEqual([]);
        expect(hasChanges(again)).toBe(false);
        expect(again.steps.filter(({ action }) => !(action.kind === 'image.pull' && action.refresh))).toEqual([]);
        expect(again.resumes === undefined).toBe(w.desired.peers.length === 0);
        expectAsDesired(w, after);
      }),
      { numRuns: 300 },
    );
  });

  it('repairs a run that was killed after any step', () => {
    fc.assert(
      fc.property(world, fc.nat(), (w, killed) => {
        const plan = planOf(w.desired, w.observed);
        fc.pre(!conflicts(plan) && plan.steps.length > 0);
        const cut = { ...plan, steps: plan.steps.slice(0, killed % (plan.steps.length + 1)) };
        const half = apply(w.observed, cut, outsideOf(w));
        const rest = planOf(w.desired, half);
        expect(conflicts(rest)).toBe(false);
        expect(hasChanges(planOf(w.desired, apply(half, rest, outsideOf(w))))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps nothing of a run whose timeline has begun', () => {
    fc.assert(
      fc.property(world, (w) => {
        const plan = planOf(w.desired, w.observed);
        expect(w.observed.usedRuns.map(({ run }) => run)).not.toContain(plan.resumes);
        for (const { kind, resource } of plan.changes) {
          if (kind !== 'keep' || (resource.kind !== 'container' && resource.kind !== 'process')) continue;
          const kept = containers(w.observed).filter(
            (one) => one.name === resource.name && one.labels?.run === plan.resumes,
          );
          expect(kept.some(({ state }) => state === 'running')).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('every plan', () => {
  it('is a DAG in which keys are cleared before any peer runs, and what must go is gone before that', () => {
    fc.assert(
      fc.property(world, (w) => {
        const plan = planOf(w.desired, w.observed);
        const seen = new Set<StepId>();
        for (const { id, after } of plan.steps) {
          expect(seen.has(id)).toBe(false);
          for (const needed of after) expect(seen.has(needed)).toBe(true);
          seen.add(id);
        }
        const idsOf = (kind: string) => plan.steps.filter(({ action }) => action.kind === kind).map(({ id }) => id);
        for (const run of idsOf('peer.run')) {
          const needed = before(plan, run);
          for (const id of [...idsOf('redis.start'), ...idsOf('redis.prepare'), ...idsOf('peer.remove')])
            expect(needed).toContain(id);
        }
        expect(idsOf('redis.prepare').length).toBe(idsOf('peer.run').length > 0 ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });

  it('clears the keys of exactly the peers that it runs', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { steps } = planOf(w.desired, w.observed);
        const cleared = steps.flatMap(({ action }) => (action.kind === 'redis.prepare' ? action.peers : []));
        const run = steps.flatMap(({ action }) => (action.kind === 'peer.run' ? [action.peer] : []));
        expect([...cleared].sort()).toEqual([...run].sort());
      }),
    );
  });

  it("touches nothing of somebody else's", () => {
    fc.assert(
      fc.property(world, (w) => {
        const plan = planOf(w.desired, w.observed);
        const foreign = containers(w.observed).filter(isForeign);
        const ids = foreign.map(({ id }) => id);
        const here = w.observed.hosts
          .filter((one) => one.kind === 'reachable' && one.engine === 'docker control')
          .map(({ host }) => host);
        for (const { action } of plan.steps) {
          if (action.kind === 'peer.remove') expect(ids).not.toContain(action.id);
          // Nor does it send an image to where it already is.
          if (action.kind === 'image.send') expect(here).not.toContain(action.on);
        }
        if (!conflicts(plan))
          expect(containers(apply(w.observed, plan, outsideOf(w))).filter(isForeign)).toEqual(foreign);
      }),
      { numRuns: 200 },
    );
  });

  it('is a conflict exactly where a peer would need the name of what is not ours', () => {
    fc.assert(
      fc.property(world, (w) => {
        const expected = w.desired.peers.filter(({ peer, host }) => {
          const on = w.observed.hosts.find((one) => one.host === host);
          return on?.kind === 'reachable' && on.containers.some((one) => one.name === `tm-${peer}` && isForeign(one));
        });
        const found = planOf(w.desired, w.observed).changes.filter(({ kind }) => kind === 'conflict');
        expect(found.map(({ resource }) => 'peer' in resource && resource.peer).sort()).toEqual(
          expected.map(({ peer }) => peer).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is the same whatever the order in which the hosts and their containers were seen', () => {
    fc.assert(
      fc.property(world, (w) => {
        const hosts = [...w.observed.hosts]
          .reverse()
          .map((host) => (host.kind === 'reachable' ? { ...host, containers: [...host.containers].reverse() } : host));
        expect(planOf(w.desired, { ...w.observed, hosts })).toEqual(planOf(w.desired, w.observed));
      }),
    );
  });

  it('is whole even where hosts, engine or Redis could not be asked', () => {
    const fault = { kind: 'unreachable', what: 'host', message: 'no route' } as const;
    const blind = fc.constantFrom('reachable', 'unreachable', 'unknown');
    fc.assert(
      fc.property(world, fc.array(blind, { minLength: 4, maxLength: 4 }), blind, blind, (w, hosts, control, redis) => {
        const observed: Observed = {
          ...w.observed,
          hosts: w.observed.hosts.map((host, index) => {
            const kind = hosts[index];
            if (kind === 'unreachable') return { kind, host: host.host, fault };
            return kind === 'unknown' ? { kind, host: host.host } : host;
          }),
          control:
            control === 'reachable'
              ? w.observed.control
              : control === 'unknown'
                ? { kind: control }
                : { kind: control, fault },
          redis:
            redis === 'reachable' ? w.observed.redis : redis === 'unknown' ? { kind: redis } : { kind: redis, fault },
        };
        const plan = planOf(w.desired, observed);
        const ids = plan.steps.map(({ id }) => id);
        plan.steps.forEach(({ after }, index) => {
          for (const id of after) expect(ids.slice(0, index)).toContain(id);
        });
        // Every peer is accounted for, once.
        const named = plan.changes.flatMap(({ kind, resource }) =>
          kind !== 'remove' && 'peer' in resource ? [resource.peer] : [],
        );
        expect(named.sort()).toEqual(w.desired.peers.map(({ peer }) => peer));
      }),
      { numRuns: 200 },
    );
  });
});

const machineOf = ({ observed }: World, on: string): string | undefined =>
  observed.hosts.flatMap((host) => (host.kind === 'reachable' && host.host === on ? [host.engine] : []))[0];

describe('teardown', () => {
  it("leaves nothing of ours and everything of somebody else's, and does nothing the second time", () => {
    fc.assert(
      fc.property(world, (w) => {
        const options = { images: w.spec.images, redis: w.desired.redis, hosts: w.spec.hosts };
        const plan = teardown(w.observed, TEST, options);
        const after = apply(w.observed, plan);
        expect(containers(after)).toEqual(containers(w.observed).filter(isForeign));
        expect(after.redis.kind).toBe('absent');
        for (const host of after.hosts) {
          const left =
            host.kind === 'reachable' && host.engine !== 'docker control' ? host.images.map(({ ref }) => ref) : [];
          expect(left.filter((ref) => w.spec.images.includes(ref))).toEqual([]);
        }
        expect(hasChanges(teardown(after, TEST, options))).toBe(false);
        expect(teardown(after, TEST, options).steps).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('goes peers first, then their Redis and the images', () => {
    fc.assert(
      fc.property(world, (w) => {
        const plan = teardown(w.observed, TEST, { images: w.spec.images, redis: w.desired.redis });
        const removals = plan.steps.filter(({ action }) => action.kind === 'peer.remove').map(({ id }) => id);
        const on = (at: string) =>
          plan.steps.filter(
            ({ action }) => action.kind === 'peer.remove' && machineOf(w, action.on) === machineOf(w, at),
          );
        for (const { action, after } of plan.steps) {
          if (action.kind === 'peer.remove') expect(after).toEqual([]);
          if (action.kind === 'redis.remove') expect(after).toEqual(removals);
          if (action.kind === 'image.remove') expect(after).toEqual(on(action.on).map(({ id }) => id));
        }
      }),
    );
  });
});
