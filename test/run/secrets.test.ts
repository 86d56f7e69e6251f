/** Secrets in whole runs in memory: what is expected of them is judged by what the peers really said, and nobody is told it. */
import { expect, test } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import type { Condition, Expectation } from '../../src/model/expectation.ts';
import { peerName, testName } from '../../src/model/names.ts';
import { GOOD } from '../fakes/simulated-peer.ts';
import { play, worldWithRedisImage } from './play.ts';

const TOKEN = 'tok-12345';
const ALICE = peerName('alice');

const text = (kind: 'log' | 'status', wanted: string): Condition =>
  kind === 'log' ? { kind, log: { kind: 'text', text: wanted } } : { kind, status: { kind: 'text', text: wanted } };
const expected = (id: number, never: boolean, condition: Condition): Expectation => ({
  id,
  text: `alice: ${never ? 'never ' : ''}${TOKEN}`,
  line: 1,
  never,
  peers: [ALICE],
  count: 1,
  condition,
  window: { kind: 'timeline', byMs: 5000 },
});

test('a secret that a peer shows is found by what expects or waits for it, and is in nothing that is told', async () => {
  const world = worldWithRedisImage();
  const moods = [
    { afterMs: 2500, does: `say|authorised with ${TOKEN}` },
    { afterMs: 2600, does: `report|ready|${TOKEN}` },
  ];
  world.tempers.set('alice', { ...GOOD, moods });
  const when = (condition: Condition) =>
    ({
      kind: 'when',
      all: [{ text: `alice: ${TOKEN}`, count: 1, peers: [ALICE], condition }],
      withinMs: 4000,
    }) as const;
  const { outcome, events, of } = await play(
    world,
    {
      spec: {
        expectations: [
          expected(0, true, text('log', TOKEN)),
          expected(1, true, text('status', `ready|${TOKEN}`)),
          expected(2, false, text('status', `ready|${TOKEN}`)),
          expected(3, false, text('log', `${TOKEN} again`)),
          expected(4, true, text('log', 'redacted')),
        ],
        commands: [
          { atMs: 0, peer: ALICE, line: 1, command: 'push', waits: when(text('log', TOKEN)) },
          { atMs: 0, peer: ALICE, line: 2, command: 'pull', waits: when(text('log', `${TOKEN} again`)) },
        ],
      },
    },
    { secrets: [new Secret(TOKEN)] },
  );
  const decided = events.flatMap((event) =>
    event.type === 'expectation-decided' ? [`${event.expectation} ${event.outcome}`] : [],
  );
  expect(decided.sort()).toEqual(['0 unmet', '1 unmet', '2 met', '3 unmet', '4 met']);
  expect(outcome.exitCode).toBe(1);
  expect(of('command-sent')).toMatchObject([{ command: 'push' }]);
  expect(of('command-skipped')).toMatchObject([{ command: 'pull', because: expect.stringContaining('[redacted]') }]);

  const journals = [...(world.disk.tests.get(testName('sample'))?.runs.values() ?? [])].flatMap((run) => run.journal);
  expect(journals).not.toEqual([]);
  expect(of('log')).toContainEqual(expect.objectContaining({ message: 'authorised with [redacted]' }));
  for (const told of [events, outcome, journals]) expect(JSON.stringify(told)).not.toContain(TOKEN);
});
