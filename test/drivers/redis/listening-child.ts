import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PeerName } from '../../../src/model/names.ts';

/** A tm in a process of its own, which can be killed. */
export interface ListeningChild {
  /** Resolves when it has been told at least so many lines. */
  until(lines: number): Promise<void>;
  /** SIGKILL. Resolves with the texts of all lines that it was told, in that order. */
  kill(): Promise<readonly string[]>;
}

/** Starts one that listens to these peers, and resolves when it does. It counts a line as safe some milliseconds after it was told. */
export async function listeningChild(
  url: string,
  peers: readonly PeerName[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ListeningChild> {
  const program = fileURLToPath(new URL('./listening-program.ts', import.meta.url));
  const directory = await mkdtemp(join(tmpdir(), 'tm-test-child-'));
  const file = join(directory, 'lines');
  const child = spawn(process.execPath, ['--import', 'tsx', program, url, file, ...peers], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout!, 'data'), closed.then(() => Promise.reject(new Error('it ended')))]);
  // The last line may be cut off in its middle.
  const lines = async () => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return {
    async until(count) {
      while ((await lines()).length < count) await sleep(1);
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
      const told = await lines();
      await rm(directory, { recursive: true });
      return told;
    },
  };
}
