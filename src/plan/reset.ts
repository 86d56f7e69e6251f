import type { Desired } from '../model/desired.ts';
import { containerName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { Machine } from './machines.ts';
import { type Draft, order } from './order.ts';
import { entryOf } from './orphans.ts';

/**
 * What `--reset-hosts` removes before a plan is made. `test`: this test's containers, and those that stand in its peers' places without any
 * of our labels, as the Rust tool leaves them. `all`: every container named `tm-…` or labelled by us, whatever its test.
 */
export function reset(desired: Desired, machines: readonly Machine[], scope: 'test' | 'all'): Plan {
  const { test, hosts } = desired.spec;
  const places = new Set(desired.peers.map(({ peer }) => containerName(peer)));
  const goes = ({ name, labels }: ObservedContainer): boolean =>
    scope === 'all' || labels?.test === test || (labels === undefined && places.has(name));
  const found = machines.flatMap((machine) =>
    machine.seen.kind === 'known'
      ? machine.seen.containers.filter(goes).map((actual) => ({ actual, on: entryOf(actual, machine) }))
      : [],
  );
  const because = scope === 'all' ? '--reset-hosts-all' : '--reset-hosts';
  return {
    intent: 'teardown',
    test,
    changes: found.map(({ actual: { name, labels }, on }): Change => {
      const kind = hosts.find((host) => host.name === on)?.runtime.kind === 'process' ? 'process' : 'container';
      const peer = labels?.peer;
      return {
        kind: 'remove',
        on,
        resource: { kind, name, ...(peer === undefined ? {} : { peer }) },
        because,
        forcedBy: [],
      };
    }),
    steps: order(
      found.map(({ actual: { name, id }, on }): Draft => ({ action: { kind: 'peer.remove', on, name, id }, because })),
    ),
    timeline: { entries: [], lengthMs: 0 },
    warnings: [],
  };
}
