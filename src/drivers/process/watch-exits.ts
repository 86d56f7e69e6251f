import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerExit } from '../../ports/containers.ts';
import { ExitTracker } from './exit-tracker.ts';
import { exitDirectory } from './files.ts';
import type { ProcessEntry } from './process-entry.ts';

/** Between two looks at everything, for what leaves no exit status: what was killed together with its supervisor. Milliseconds. */
const TICK = 500;

export interface ExitSource {
  /** The directory of all the processes. */
  readonly root: string;
  readonly clock: Clock;
  readonly readTable: () => Promise<readonly ProcessEntry[]>;
}

/**
 * Ends of the processes below `root` from the moment that this resolves. A watch on the directory of exit statuses tells them within
 * milliseconds; what it cannot see is found within half a second.
 */
export async function watchExits(source: ExitSource, signal: AbortSignal): Promise<AsyncIterable<ContainerExit>> {
  const { root, clock } = source;
  const directory = exitDirectory(root);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const changed = new Set<string>();
  let wake: () => void = () => {};
  const watcher = tryWatch(directory, (name) => {
    changed.add(name);
    wake();
  });
  const close = (): void => {
    watcher?.close();
    wake();
  };
  signal.addEventListener('abort', close, { once: true });

  const tracker = new ExitTracker(root, source.readTable);
  // What has ended by now is no news.
  await tracker.lookAtAll();

  const follow = async function* (): AsyncGenerator<ContainerExit> {
    try {
      for (let tick = clock.now() + TICK; !signal.aborted; ) {
        const names = [...changed];
        changed.clear();
        for (const name of names) yield* await tracker.look(name);
        if (clock.now() >= tick) {
          yield* await tracker.lookAtAll();
          tick = clock.now() + TICK;
        }
        if (changed.size > 0 || signal.aborted) continue;
        const woken = new AbortController();
        wake = () => woken.abort();
        await clock.sleepUntil(tick, woken.signal).catch(() => {});
      }
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
  return follow();
}

/** A file system may have no watches, and their number is limited; then the regular look has to do. */
function tryWatch(directory: string, onChange: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      if (name !== null) onChange(name);
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
