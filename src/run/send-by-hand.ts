import type { TmEvent } from '../model/event.ts';
import type { RunningTest } from './running-test.ts';
import type { World } from './world.ts';

/** What became of a command that was sent by hand. */
export type HandOutcome =
  | { readonly kind: 'taken'; readonly afterMs: number }
  /** It was not sent. `peers` are those that the run has. */
  | { readonly kind: 'refused'; readonly because: string; readonly peers: readonly string[] }
  /** It lies in the peer's queue, and nobody has taken it in time. */
  | { readonly kind: 'untaken' }
  /** The tm that runs the test has said nothing of it in time. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'run-ended' };

/** Milliseconds in which a command is to be taken. */
export const HAND_LIMIT_MS = 10_000;

/**
 * Asks the tm that runs the test to send a command, so that it is in that run's journal, and waits until the peer has taken it. `hear` is
 * given each event of it as it comes. Throws `unreachable`, and the signal's reason.
 */
export async function sendByHand(
  world: World,
  { test, url }: RunningTest,
  order: { readonly peer: string; readonly command: string },
  hear: (event: TmEvent) => void,
  signal: AbortSignal,
): Promise<HandOutcome> {
  const { clock, entropy, self } = world;
  const id = entropy.hex(8);
  await using bus = await world.buses.connect(url, signal);
  await bus.ask(test, { id, ...order, by: `${self.user}@${self.machine}` }, signal);
  const over = new AbortController();
  const late = clock.sleepUntil(clock.now() + HAND_LIMIT_MS, over.signal).then(
    () => over.abort(),
    () => undefined,
  );
  let outcome: HandOutcome = { kind: 'unheard' };
  let peers: readonly string[] = [];
  try {
    // From the beginning of the run: the answer may come before anybody listens for it.
    for await (const line of bus.follow(test, AbortSignal.any([signal, over.signal]))) {
      const event = relevant(line, id);
      if (event === undefined) continue;
      if (event.type === 'run-started' || event.type === 'run-ended') {
        // An attempt that ended may be followed by the one that runs.
        if (event.type === 'run-started') peers = event.peers;
        outcome = { kind: event.type === 'run-ended' ? 'run-ended' : 'unheard' };
        continue;
      }
      hear(event);
      if (event.type === 'message-sent') outcome = { kind: 'untaken' };
      if (event.type === 'hand-refused') outcome = { kind: 'refused', because: event.because, peers };
      if (event.type === 'command-taken') outcome = { kind: 'taken', afterMs: event.afterMs };
      if (event.type !== 'message-sent') break;
    }
  } finally {
    over.abort();
    await late;
  }
  signal.throwIfAborted();
  return outcome;
}

/** An event that concerns the request; of all others only the line's text is looked at. */
function relevant(line: string, id: string): TmEvent | undefined {
  if (!line.includes(`"request":"${id}"`) && !/"type":"run-(?:started|ended)"/.test(line)) return undefined;
  const event = JSON.parse(line) as TmEvent;
  if (event.type === 'run-started' || event.type === 'run-ended') return event;
  return 'request' in event && event.request === id ? event : undefined;
}
