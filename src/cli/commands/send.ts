import { assertNever } from '../../lib/assert-never.ts';
import { Secret } from '../../lib/secret.ts';
import { closest } from '../../lib/suggest.ts';
import type { Fault } from '../../model/fault.ts';
import { commandKey } from '../../model/wire.ts';
import { type RunningTest, runningTest } from '../../run/running-test.ts';
import { HAND_LIMIT_MS, type HandOutcome, sendByHand } from '../../run/send-by-hand.ts';
import { marksFor } from '../../views/marks.ts';
import { createPalette } from '../../views/palette.ts';
import { safeLine } from '../../views/safe-text.ts';
import { shortTime } from '../../views/short-time.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { printFault } from '../output/print-faults.ts';
import { untilSignal } from '../run/until-signal.ts';
import { createWorld } from '../wire.ts';

/** `tm send <peer> <command>`: into the running test, as its own tm would send it. 0 when the peer has taken it, else 1. */
export async function sendCommand(args: Args, context: Context): Promise<number> {
  const world = createWorld(context);
  const [peer = '', command = ''] = args.operands;
  return untilSignal(async (signal) => {
    const given = args.redisUrl === undefined ? {} : { redisUrl: new Secret(args.redisUrl) };
    const running = await runningTest(world, given, signal);
    const hear = (event: object): void => {
      if (args.json) context.stdout.write(`${JSON.stringify(event)}\n`);
    };
    const outcome = await sendByHand(world, running, { peer, command }, hear, signal);
    if (outcome.kind === 'taken') {
      if (!args.json) context.stdout.write(`${takenLine(peer, command, outcome.afterMs, context)}\n`);
      return 0;
    }
    printFault(faultOf(outcome, { peer, command, running }), args, context);
    return 1;
  });
}

/** `✔ alice took "push|bob|hi" after 3 ms`. */
function takenLine(peer: string, command: string, afterMs: number, { stdout, unicode }: Context): string {
  const { tone } = createPalette(stdout.color);
  return `${tone.good(marksFor(unicode).good)} ${safeLine(peer)} took "${safeLine(command)}" after ${shortTime(afterMs)}`;
}

/** What it means that a command was not taken, and what to do. */
function faultOf(
  outcome: Exclude<HandOutcome, { readonly kind: 'taken' }>,
  { peer, command, running }: { readonly peer: string; readonly command: string; readonly running: RunningTest },
): Fault {
  const limit = shortTime(HAND_LIMIT_MS);
  switch (outcome.kind) {
    case 'refused': {
      const near = outcome.peers.includes(peer) ? undefined : closest(peer, outcome.peers);
      return {
        kind: 'failed',
        message: `"${command}" was not sent to ${peer}: ${outcome.because}`,
        ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
      };
    }
    case 'untaken':
      return {
        kind: 'failed',
        message: `"${command}" was sent, and ${peer} has not taken it within ${limit}`,
        hint: `it lies in the list ${commandKey(peer)} and is taken when ${peer} next asks for a command; tm logs ${peer} may say what it is busy with`,
      };
    case 'unheard':
      return {
        kind: 'failed',
        message: `the tm that runs ${running.holder.run} has not answered within ${limit}`,
        hint: 'it sends commands from when it has started the peers until it shuts them down; tm status shows how far it is',
      };
    case 'run-ended':
      return { kind: 'failed', message: `${running.holder.run} ended before "${command}" was taken` };
    default:
      return assertNever(outcome);
  }
}
