import type { RunId } from '../model/names.ts';
import { runId } from '../model/names.ts';
import type { RunStore, Store } from '../ports/store.ts';

/** The directory of a run and its id. A new run does not share one: where two began in the same second, the later one gets a number. */
export async function openRun(
  store: Store,
  run: RunId,
  isResumed: boolean,
): Promise<{ readonly run: RunId; readonly runStore: RunStore }> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? run : runId(`${run}-${number}`);
    const runStore = await store.openRun(candidate);
    if (isResumed || runStore.events === 0) return { run: candidate, runStore };
    await runStore[Symbol.asyncDispose]();
  }
}
