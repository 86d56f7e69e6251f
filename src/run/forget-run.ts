import type { TestMemory } from './test-memory.ts';

/** Everything of this run is gone: there is nothing to go on with, and no Redis to reach. The hosts stay known. */
export async function forgetRun(memory: TestMemory): Promise<void> {
  if (memory.state === undefined) return;
  const { lastRun: _run, redisUrl: _url, redisPassword: _password, ...rest } = memory.state;
  await memory.write(rest);
}
