import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ReferencePeer } from './reference-peers.ts';
import { atExit } from './rig/at-exit.ts';

/** Builds a reference peer. Throws, with what the build said, where that fails. */
export async function buildPeer({ title, build }: ReferencePeer): Promise<void> {
  const [program, ...args] = build ?? [];
  if (program === undefined) return;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const release = atExit(() => child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += String(bytes)));
  const [code] = (await once(child, 'close')) as [number | null];
  release();
  if (code !== 0)
    throw new Error(
      `the reference peer in ${title} cannot be built: ${build?.join(' ')} ended with ${code}\n${output}`,
    );
}
