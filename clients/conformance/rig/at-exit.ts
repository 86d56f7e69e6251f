import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const undone = new Set<() => void>();
let listening = false;

/** Has `action`, which must not wait, done when this process exits, the youngest first. Gives a function that takes that back. */
export function atExit(action: () => void): () => void {
  // One listener for all: Node takes many for a leak.
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const each of [...undone].reverse()) {
        try {
          each();
        } catch {
          // The others are done all the same.
        }
      }
    });
  }
  undone.add(action);
  return () => undone.delete(action);
}

/** A directory that is removed when it is disposed of, or when this process exits before. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Makes one, whose name begins as given. */
export function temporaryDirectory(prefix: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  // A process that was killed just now may be writing its last.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  const release = atExit(remove);
  return {
    path,
    async [Symbol.asyncDispose]() {
      remove();
      release();
    },
  };
}
