import { expect, it } from 'vitest';
import { testName } from '../../src/model/names.ts';
import type { Observed } from '../../src/model/observed.ts';
import { machinesOf } from '../../src/plan/machines.ts';
import { reset } from '../../src/plan/reset.ts';
import { apply } from './apply.ts';
import { aForeign, aSpec, desiredOf, emptyWorld, planOf, RUN } from './fixtures.ts';

const spec = aSpec();
const desired = desiredOf(spec);
const standing = apply(emptyWorld(spec), planOf(desired, emptyWorld(spec)));

/** On host-0: alice of ours, a bob without labels, a zoe of another test, and what has nothing to do with tm. */
const found: Observed = {
  ...standing,
  hosts: standing.hosts.map((host) => {
    if (host.kind !== 'reachable' || host.host !== 'host-0') return host;
    const labels = { test: testName('other'), run: RUN, host: host.host, spec: '', redis: '' };
    const others = [aForeign('tm-bob'), { ...aForeign('tm-zoe'), labels }, aForeign('tm-else')];
    return { ...host, containers: [...host.containers, ...others] };
  }),
};
const removed = (scope: 'test' | 'all'): readonly string[] =>
  reset(
    desired,
    machinesOf(
      spec.hosts.map(({ name }) => name),
      found,
    ),
    scope,
  ).steps.map(({ id }) => id);

it('removes what is of this test or stands unlabelled in the place of one of its peers', () => {
  expect(removed('test')).toEqual(['remove:host-0:tm-alice', 'remove:host-0:tm-bob', 'remove:host-1:tm-bob']);
});

it('removes all that is called or labelled as ours where that is asked for', () => {
  expect(removed('all')).toEqual([
    'remove:host-0:tm-alice',
    'remove:host-0:tm-bob',
    'remove:host-0:tm-else',
    'remove:host-0:tm-zoe',
    'remove:host-1:tm-bob',
  ]);
});
