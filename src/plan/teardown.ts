import type { DesiredRedis } from '../model/desired.ts';
import type { HostName, ImageRef, TestName } from '../model/names.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Change, Plan, StepId } from '../model/plan.ts';
import type { HostSpec } from '../model/spec.ts';
import { redisName } from './diff-redis.ts';
import { type Machine, machinesOf } from './machines.ts';
import { type Draft, order, stepId } from './order.ts';
import { entryOf } from './orphans.ts';
import { warningsOf } from './warnings.ts';

export interface TeardownOptions {
  /** Images to remove from the hosts, where they are there. */
  readonly images: readonly ImageRef[];
  /** The Redis of the test; an external one, or none, is left alone. */
  readonly redis?: DesiredRedis;
  /** The host entries as far as they are known, to tell processes from containers. */
  readonly hosts?: readonly Pick<HostSpec, 'name' | 'runtime'>[];
}

/** One thing to remove: the line for a person, and the step. */
interface Removal {
  readonly change: Change;
  readonly draft?: Draft;
}

/**
 * What removes all that has this test's label, derived from what is observed and from nothing else: peers first, then their Redis, then the
 * images that were asked for. What is somebody else's is not named in it.
 */
export function teardown(observed: Observed, test: TestName, options: TeardownOptions): Plan {
  const machines = machinesOf(
    observed.hosts.map(({ host }) => host),
    observed,
  );
  const managed = options.redis !== undefined && options.redis.kind !== 'external' ? options.redis : undefined;
  const removals: readonly Removal[] = [
    ...machines.flatMap((machine) => {
      // The managed Redis, which has no peer's label, goes by a step of its own; without one it is a leftover like any other.
      const peers = oursOn(machine, test)
        .filter(({ labels }) => managed === undefined || labels?.peer !== undefined)
        .map((actual) => removePeer(actual, entryOf(actual, machine), options.hosts ?? []));
      // An engine does not give up the image of a container that is still there.
      const after = peers.map(({ draft }) => stepId(draft.action));
      return [...peers, ...options.images.flatMap((ref) => removeImage(ref, machine, after))];
    }),
    ...(managed === undefined ? [] : removeRedis(managed, observed)),
  ];
  return {
    intent: 'teardown',
    test,
    changes: removals.map(({ change }) => change),
    steps: order(removals.flatMap(({ draft }) => draft ?? [])),
    timeline: { entries: [], lengthMs: 0 },
    warnings: warningsOf(observed, []),
  };
}

const oursOn = ({ seen }: Machine, test: TestName): readonly ObservedContainer[] =>
  seen.kind === 'known' ? seen.containers.filter(({ labels }) => labels?.test === test) : [];

function removePeer(
  actual: ObservedContainer,
  on: HostName,
  hosts: readonly Pick<HostSpec, 'name' | 'runtime'>[],
): Required<Removal> {
  const { name, id, labels } = actual;
  const kind = hosts.find((host) => host.name === on)?.runtime.kind === 'process' ? 'process' : 'container';
  const because = labels === undefined || labels.run === '' ? 'has the label of this test' : `of the run ${labels.run}`;
  const peer = labels?.peer;
  return {
    change: {
      kind: 'remove',
      on,
      resource: { kind, name, ...(peer === undefined ? {} : { peer }) },
      because,
      forcedBy: [],
    },
    draft: { action: { kind: 'peer.remove', on, name, id }, because },
  };
}

function removeImage(ref: ImageRef, { seen, entries }: Machine, after: readonly StepId[]): readonly Removal[] {
  if (seen.kind === 'unasked' || !seen.images.has(ref)) return [];
  const on = entries[0]!;
  const line = (kind: Change['kind'], because: string): Change => ({
    kind,
    on,
    resource: { kind: 'image', ref },
    because,
    forcedBy: [],
  });
  // There it was not brought by a test, and it may be the only one: images built by hand are in no registry.
  if (seen.isControl) return [{ change: line('keep', "this machine's own, which the hosts get theirs from") }];
  const because = 'listed in images';
  return [{ change: line('remove', because), draft: { action: { kind: 'image.remove', on, ref }, because, after } }];
}

function removeRedis(
  redis: Exclude<DesiredRedis, { kind: 'external' }>,
  { redis: observed }: Observed,
): readonly Removal[] {
  // What could not be asked is tried: to remove what is not there does nothing.
  if (observed.kind === 'absent' || observed.kind === 'foreign') return [];
  const because = observed.kind === 'ready' || observed.kind === 'unusable' ? 'of this test' : 'in case it is there';
  return [
    {
      change: {
        kind: 'remove',
        on: 'control',
        resource: { kind: 'redis', name: redisName(redis), port: redis.port },
        because,
        forcedBy: [],
      },
      draft: { action: { kind: 'redis.remove' }, because },
    },
  ];
}
