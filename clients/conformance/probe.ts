import type { PeerProcess } from './rig/peer-process.ts';
import { Rig, type RigOptions } from './rig/rig.ts';
import { until } from './rig/until.ts';

const SOON_MS = 3_000;

/** What kind of peer a program is. */
export type Probe =
  | { readonly kind: 'peer' }
  /** It knows the reference peer's commands, with which the client library behind it can be put through its paces. */
  | { readonly kind: 'reference' }
  /** It never said `started`: no check can say anything about it. */
  | NeverStarted;

export interface NeverStarted {
  readonly kind: 'never-started';
  /** What it did instead. */
  readonly saw: string;
  /** The last that it wrote to stdout and stderr. */
  readonly output: string;
}

/**
 * Starts the program once, and sees whether it becomes a peer. With `asReference` it is also asked to log a line as the reference peer does,
 * and to end, at which its last line has to be there.
 */
export async function probe(options: RigOptions, asReference: boolean): Promise<Probe> {
  await using rig = new Rig(options);
  const peer = await rig.launch();
  await until(() => peer.starts > 0 || peer.process.over, options.patienceMs);
  // What it said at its very end may have come a moment after it.
  if (!(await until(() => peer.starts > 0, peer.process.over ? 200 : 0))) {
    const statuses = peer.statusTexts.length === 0 ? '' : `; its statuses were ${peer.statusTexts.join(', ')}`;
    return {
      kind: 'never-started',
      saw: `${endOf(peer.process, options.patienceMs)}${statuses}`,
      output: peer.process.output,
    };
  }
  if (!asReference) return { kind: 'peer' };

  const word = 'probe-xyz';
  const reacts = async () => (await peer.lines()).includes(`info|${word} 1`);
  await peer.send(`log|info|1|${word}`);
  if (!(await until(async () => peer.process.over || (await reacts()), SOON_MS))) {
    await peer.send('shutdown');
    await until(() => peer.process.over, options.patienceMs);
  }
  return { kind: (await reacts()) ? 'reference' : 'peer' };
}

function endOf(process: PeerProcess, patienceMs: number): string {
  const last = process.exits.at(-1);
  if (!process.over) return `${process.state} after ${patienceMs / 1000} s`;
  if (last?.code === null && last.signal === null) return process.state;
  return `${process.state} after ${((last?.ranMs ?? 0) / 1000).toFixed(1)} s`;
}
