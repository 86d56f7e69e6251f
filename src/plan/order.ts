import { assertNever } from '../lib/assert-never.ts';
import type { Action, Step, StepId } from '../model/plan.ts';

/** A step before it has its place. `after` names what its kind does not already say, such as the image that a peer waits for. */
export interface Draft {
  readonly action: Action;
  readonly because: string;
  readonly after?: readonly StepId[];
}

/** Kinds in an order in which dependencies come first. */
const RANK = {
  'image.pull': 0,
  'peer.remove': 1,
  'redis.remove': 2,
  'redis.remove-former': 2,
  'redis.start': 3,
  'image.send': 4,
  'redis.prepare': 5,
  'peer.run': 6,
  'image.remove': 7,
} as const satisfies Record<Action['kind'], number>;

/**
 * Drafts as a DAG, dependencies first, otherwise in the order given:
 *
 *     image.pull ─► image.send ──────────────────► peer.run
 *     image.pull ─► redis.start ─┐                    ▲
 *     peer.remove ───────────────┴─► redis.prepare ───┘
 *     peer.remove ─► redis.remove
 *     peer.remove ─► redis.remove-former ─► redis.start
 *     peer.remove ─► image.remove, on its own machine
 *
 * `redis.prepare` waits for every removal, because a peer that is being ended still writes its last status and log lines, which must not be
 * taken for its successor's. Since every run waits for it, names and ports are free by then, with as many edges as there are steps.
 */
export function order(drafts: readonly Draft[]): readonly Step[] {
  const sorted = [...drafts].sort((a, b) => RANK[a.action.kind] - RANK[b.action.kind]);
  const ids = uniqueIds(sorted.map((draft) => draft.action));
  const idsOf = (...kinds: readonly Action['kind'][]): readonly StepId[] =>
    ids.filter((_id, index) => kinds.includes(sorted[index]!.action.kind));
  const removals = idsOf('peer.remove');
  const kindsBefore = {
    'image.pull': [],
    'peer.remove': [],
    'redis.remove': removals,
    'redis.remove-former': removals,
    'redis.start': idsOf('redis.remove-former'),
    'image.send': [],
    'redis.prepare': [...removals, ...idsOf('redis.start')],
    'peer.run': idsOf('redis.prepare'),
    'image.remove': [],
  } as const satisfies Record<Action['kind'], readonly StepId[]>;
  return sorted.map(({ action, because, after = [] }, index) => ({
    id: ids[index]!,
    action,
    because,
    after: [...new Set([...kindsBefore[action.kind], ...after])],
  }));
}

/** What a step is called: `run:host-1:tm-alice`. Colons in a host's name are escaped, so that no two actions share a name. */
export function stepId(action: Action): StepId {
  const host = (on: string): string => on.replace(/[%:]/g, encodeURIComponent);
  switch (action.kind) {
    case 'image.pull':
      return `pull:${host(action.on)}:${action.ref}`;
    case 'image.send':
      return `send:${host(action.on)}:${action.ref}`;
    case 'image.remove':
      return `remove-image:${host(action.on)}:${action.ref}`;
    case 'redis.start':
      return 'redis:start';
    case 'redis.remove':
      return 'redis:remove';
    case 'redis.remove-former':
      return 'redis:remove-former';
    case 'redis.prepare':
      return 'redis:prepare';
    case 'peer.run':
      return `run:${host(action.on)}:${action.name}`;
    case 'peer.remove':
      return `remove:${host(action.on)}:${action.name}`;
    default:
      return assertNever(action);
  }
}

/** Processes may share a name, unlike containers: the second is called `…#2`. */
function uniqueIds(actions: readonly Action[]): readonly StepId[] {
  const times = new Map<StepId, number>();
  return actions.map((action) => {
    const id = stepId(action);
    const time = (times.get(id) ?? 0) + 1;
    times.set(id, time);
    return time === 1 ? id : `${id}#${time}`;
  });
}
