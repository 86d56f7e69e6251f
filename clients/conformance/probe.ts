import { Rig, type RigOptions } from './rig/rig.ts';
import { until } from './rig/until.ts';

const SOON_MS = 3_000;

/**
 * Whether the program knows the reference peer's commands, with which the client library behind it can be put through its paces: it is asked
 * to log a line, and to end, at which its last line has to be there.
 */
export async function knowsReferenceCommands(options: RigOptions): Promise<boolean> {
  await using rig = new Rig(options);
  const peer = await rig.launch();
  const word = 'probe-xyz';
  const reacts = async () => (await peer.lines()).includes(`info|${word} 1`);
  if (!(await until(() => peer.starts > 0 || peer.process.over, options.patienceMs))) return false;
  await peer.send(`log|info|1|${word}`);
  if (await until(async () => peer.process.over || (await reacts()), SOON_MS)) return reacts();
  await peer.send('shutdown');
  await until(() => peer.process.over, options.patienceMs);
  return reacts();
}
