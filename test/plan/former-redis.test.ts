import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/model/fault.ts';
import type { FormerRedis, Observed } from '../../src/model/observed.ts';
import { summarize } from '../../src/plan/summary.ts';
import { apply } from './apply.ts';
import { aHost, anImage, aPeer, aSpec, desiredOf, emptyWorld, planOf, REDIS, RUN, textOf } from './fixtures.ts';

const CONTAINER: FormerRedis = { redis: { kind: 'container', image: REDIS, port: 6399, auth: 'generated' } };
const PROCESS: FormerRedis = { redis: { kind: 'process', port: 6399, auth: 'generated' } };

const asContainer = aSpec({ hosts: [aHost('host-0')], peers: [aPeer('alice')] });
const asProcess = { ...asContainer, redis: { ...asContainer.redis, runtime: { kind: 'process' } as const } };
const EXTERNAL = 'redis://h:1';

/** The world after a first apply with a Redis container, of which a config with another Redis sees none in its place. */
function seenAnew(redis: Observed['redis']): Observed {
  const empty = emptyWorld(asContainer);
  const world = apply(empty, planOf(desiredOf(asContainer), empty), {
    registry: (ref) => anImage(ref, [ref]),
    run: RUN,
  });
  return { ...world, redis };
}

describe('a Redis of another kind that the test had before', () => {
  it('goes before the new one comes, and after its peers', () => {
    const plan = planOf(desiredOf(asProcess), { ...seenAnew({ kind: 'absent' }), formerRedis: CONTAINER });
    expect(textOf(plan)).toMatchInlineSnapshot(`
      "keep host-0 image acme/node:1.4: there
      replace host-0 container tm-alice: its Redis is made anew [redis]
      keep control image acme/node:1.4: here
      remove control redis tm-redis: Redis is a process now
      add control redis redis-server: not there
      --
      remove:host-0:tm-alice
      redis:remove-former <- remove:host-0:tm-alice
      redis:start <- redis:remove-former
      redis:prepare <- remove:host-0:tm-alice redis:start
      run:host-0:tm-alice <- redis:prepare"
    `);
    expect(summarize(plan)).toMatchObject({ add: 1, remove: 1, replace: 1, conflicts: 0 });
  });

  it('is not in the way where it has the port of the new one', () => {
    const taken = { kind: 'foreign', because: 'port 6399 is taken by docker-proxy (process 7)' } as const;
    const there = { ...seenAnew(taken), formerRedis: CONTAINER };
    expect(textOf(planOf(desiredOf(asProcess), there)).match(/^.* control redis .*$/gm)).toEqual([
      'remove control redis tm-redis: Redis is a process now',
      'add control redis redis-server: in place of tm-redis',
    ]);
    const elsewhere = { ...asProcess, redis: { ...asProcess.redis, port: 6400 } };
    expect(textOf(planOf(desiredOf(elsewhere), there))).toContain('conflict control redis redis-server: port 6399');
  });

  it.each([
    [CONTAINER, 'tm-redis'],
    [PROCESS, 'redis-server'],
  ])('goes where an external one is used: $redis.kind', (formerRedis, name) => {
    const ready = { kind: 'ready', instance: 'other', version: '7.2' } as const;
    const text = textOf(planOf(desiredOf(asContainer, EXTERNAL), { ...seenAnew(ready), formerRedis }));
    expect(text).toContain(`remove control redis ${name}: another Redis is used now`);
    expect(text).toContain('redis:remove-former <- remove:host-0:tm-alice');
  });

  it('stays where the process that is wanted stands already, which would go with it', () => {
    const ready = { kind: 'ready', instance: 'it', version: '7.2' } as const;
    const text = textOf(planOf(desiredOf(asProcess), { ...seenAnew(ready), formerRedis: CONTAINER }));
    expect(text).not.toContain('remove-former');
  });

  it('is told where nobody can say whether it stands', () => {
    const unasked: Fault = { kind: 'unreachable', what: 'docker', message: 'no engine answers' };
    const plan = planOf(desiredOf(asProcess), {
      ...seenAnew({ kind: 'absent' }),
      formerRedis: { ...CONTAINER, unasked },
    });
    expect(textOf(plan)).not.toContain('remove-former');
    expect(plan.warnings).toEqual(['whether the earlier tm-redis still stands cannot be told: no engine answers']);
  });
});
