import { Worker } from 'node:worker_threads';
import type { Frame } from '../../views/tui/frame.ts';
import type { DrawAnswer, DrawOrder, DrawSetup } from '../../views/tui/ink/draw-protocol.ts';

/** The thread that draws. */
export interface Drawer {
  /** Whether it has drawn what it was given, and rested. */
  ready(): boolean;
  draw(frame: Frame): void;
  /** The next frame is drawn anew. */
  forget(): void;
  stop(): void;
}

/** Always what was built (scripts/build.mjs): a thread of its own does not understand TypeScript, even where the sources are run. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/tm/draw-worker.js' : './draw-worker.js',
  import.meta.url,
);

/** Twice the time that a frame took, nothing is drawn: where the machine is busy or the terminal large, there are fewer frames. */
const REST = 2;

/** Starts the thread; `failed` is called once, when it breaks down. */
export function startDrawer(setup: DrawSetup, failed: (because: string) => void): Drawer {
  // What it would write to the process's streams, as libraries do with warnings, would fall into the drawing.
  const worker = new Worker(ENTRY, { workerData: setup, stdout: true, stderr: true });
  // Nobody waits for its end; it must not keep the process.
  worker.unref();
  let waiting = false;
  let given = 0;
  /** Until then nothing is drawn. */
  let restsUntil = 0;
  let anew = true;
  let stopped = false;
  const fail = (because: string): void => {
    if (stopped) return;
    stopped = true;
    failed(because);
  };
  worker.on('message', (_answer: DrawAnswer) => {
    waiting = false;
    const now = performance.now();
    restsUntil = now + REST * (now - given);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('its thread has ended'));
  return {
    ready: () => !waiting && performance.now() >= restsUntil,
    draw(frame) {
      if (stopped) return;
      waiting = true;
      given = performance.now();
      worker.postMessage({ frame, anew } satisfies DrawOrder);
      anew = false;
    },
    forget() {
      anew = true;
    },
    stop() {
      stopped = true;
      void worker.terminate();
    },
  };
}
