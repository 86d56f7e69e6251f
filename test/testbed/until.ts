import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** What is waited for, in words that end "gave up waiting for …". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/** Polls `check` until it gives something truthy. Rejects after `timeoutMs`, with the check's last error as the cause. */
export async function until<T>(
  check: () => Promise<T> | T,
  { what, timeoutMs, everyMs = 25 }: Patience,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const found = await check();
      if (found) return found;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`, { cause });
    await sleep(everyMs);
  }
}
