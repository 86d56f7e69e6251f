/** Random tests of what is expected and waited for. Bounds are at fractions of milliseconds at which no peer ever does anything. */
import type { SeededEntropy } from '../../src/drivers/memory/entropy.ts';
import type { CommandWait, Condition, Expectation, WaitDemand } from '../../src/model/expectation.ts';
import { type PeerName, peerName } from '../../src/model/names.ts';
import type { CommandSpec } from '../../src/model/spec.ts';
import { GOOD, type Temper } from './simulated-peer.ts';

export interface RandomTest {
  readonly peers: readonly PeerName[];
  readonly commands: readonly CommandSpec[];
  readonly expectations: readonly Expectation[];
}

const WORDS = [
  'report|up',
  'report|up|there',
  'report|busy',
  'report|down',
  'connect',
  'say|hello',
  'say|hello world',
  'say|panic at noon',
  'work',
] as const;
/** Now and then. */
const ODD_WORDS = ['restart|0', 'restart|2', 'exit|3', 'exit|137', 'leave'] as const;

const CONDITIONS: readonly Condition[] = [
  { kind: 'status', status: { kind: 'text', text: 'up' } },
  { kind: 'status', status: { kind: 'text', text: 'started' } },
  { kind: 'status', status: { kind: 'text', text: 'connected' } },
  { kind: 'status', status: { kind: 'regex', source: '^(UP|BUSY|CONN)', flags: 'iu' } },
  { kind: 'log', log: { kind: 'text', text: 'hello' } },
  { kind: 'log', log: { kind: 'regex', source: '^(panic|hello world)', flags: 'u' } },
  { kind: 'exit', code: 0 },
  { kind: 'exit', code: 3 },
];

/** `wild`: how likely odd words and what can hardly come are, from 0 to 1. */
export function randomTest(random: SeededEntropy, wild: number): RandomTest {
  const peers = Array.from({ length: 1 + random.below(4) }, (_, index) => peerName(`p${index}`));
  const commands: CommandSpec[] = [];
  let atMs = 0;
  for (let index = 0, count = random.below(10); index < count; index++) {
    const odd = random.fraction() < 0.3 * wild;
    const waits = random.below(2) === 0 ? waitOf(random, peers, index) : undefined;
    if (waits === undefined) atMs += random.below(4) * 700;
    commands.push({
      atMs,
      peer: oneOf(random, peers),
      command: oneOf(random, odd ? ODD_WORDS : WORDS),
      line: index + 1,
      ...(waits === undefined ? {} : { waits }),
    });
  }
  const expectations = Array.from({ length: random.below(7) }, (_, id) =>
    expectationOf(random, id, peers, commands.length),
  );
  return { peers, commands, expectations };
}

function waitOf(random: SeededEntropy, peers: readonly PeerName[], index: number): CommandWait | undefined {
  const before = random.below(3) === 0 ? random.below(Math.max(1, index)) : index - 1;
  if (random.below(2) === 0)
    return index === 0 ? undefined : { kind: 'after', command: before, delayMs: oneOf(random, [0, 0, 0.5, 90, 2000]) };
  const all = Array.from(
    { length: 1 + random.below(2) },
    (): WaitDemand => ({
      ...demandOf(random, peers, false),
      text: 'something',
      ...(random.below(3) === 0 ? { fromMs: random.below(40) * 100 + 0.5 } : {}),
    }),
  );
  const since = index === 0 || random.below(8) === 0 ? {} : { since: before };
  return { kind: 'when', all, withinMs: random.below(60) * 100 + 0.25, ...since };
}

function expectationOf(random: SeededEntropy, id: number, peers: readonly PeerName[], commands: number): Expectation {
  const never = random.below(4) === 0;
  return {
    ...demandOf(random, peers, never),
    id,
    text: `expectation ${id}`,
    line: 100 + id,
    never,
    window: windowOf(random, commands),
  };
}

function windowOf(random: SeededEntropy, commands: number): Expectation['window'] {
  const length = () => oneOf(random, [0.5, 60.5, 1000.5, 5000.5, 9000.5]);
  if (commands > 0 && random.below(3) === 0) {
    const within = random.below(5) === 0 ? {} : { withinMs: length() };
    return { kind: 'command', command: random.below(commands), ...within };
  }
  const from = random.below(2) === 0 ? random.below(60) * 100 + 0.5 : undefined;
  const by = random.below(3) > 0 ? Math.floor(from ?? 0) + 0.2 + length() : undefined;
  return {
    kind: 'timeline',
    ...(from === undefined ? {} : { fromMs: from }),
    ...(by === undefined ? {} : { byMs: by }),
  };
}

function demandOf(random: SeededEntropy, all: readonly PeerName[], never: boolean) {
  const condition = oneOf(random, CONDITIONS);
  const some = all.filter(() => random.below(2) === 0);
  const peers = some.length === 0 ? [oneOf(random, all)] : some;
  const holds = condition.kind === 'status' && !never && random.below(3) === 0;
  return {
    condition,
    peers,
    count: never || random.below(2) === 0 ? 1 : 1 + random.below(peers.length),
    ...(holds ? { forMs: oneOf(random, [100.25, 1000.25, 4000.25]) } : {}),
  };
}

/** How a peer behaves besides what it is told. */
export function randomTemper(random: SeededEntropy, wild: number): Temper {
  const moods = Array.from({ length: random.below(7) }, () => ({
    afterMs: random.below(9000),
    does: oneOf(random, random.fraction() < 0.3 * wild ? ODD_WORDS : WORDS),
  }));
  const temper: Temper = { ...GOOD, startMs: random.below(300), workMs: 1 + random.below(40), moods };
  if (random.fraction() >= 0.3 * wild) return temper;
  switch (random.below(5)) {
    case 0:
      return { ...temper, mute: random.below(3) === 0 };
    case 1:
      return { ...temper, hangsAfter: random.below(4) };
    case 2:
      return { ...temper, rude: true };
    default: {
      const exitCode = oneOf(random, [0, 1, 3, 3, 137]);
      return { ...temper, crash: { afterMs: random.below(8000), exitCode, oomKilled: random.below(2) === 0 } };
    }
  }
}

/** Whether a peer sends heartbeats, and when it stands still. */
export function randomPulse(random: SeededEntropy, wild: number): Pick<Temper, 'heartbeatMs' | 'frozen'> {
  const pulse = random.below(4) === 0 ? {} : { heartbeatMs: oneOf(random, [200, 900, 2000]) };
  if (random.fraction() >= 0.4 * wild) return pulse;
  const first = 300 + random.below(9000);
  const frozen = [{ fromMs: first, toMs: first + oneOf(random, [50, 4000, 12_000, 25_000, 500_000]) }];
  if (random.below(2) === 0)
    frozen.push({ fromMs: frozen[0]!.toMs + random.below(5000), toMs: frozen[0]!.toMs + 30_000 });
  return { ...pulse, frozen };
}

export function oneOf<T>(random: SeededEntropy, choices: readonly T[]): T {
  const choice = choices[random.below(choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}
