import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Resolves true as soon as `what` holds, and false when it does not within `timeoutMs`; looks every 10 ms. */
export async function until(what: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await what()) return true;
    if (performance.now() > deadline) return false;
    await pause(LOOK_EVERY_MS);
  }
}
