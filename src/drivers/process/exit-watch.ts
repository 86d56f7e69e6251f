import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerExit } from '../../ports/containers.ts';
import { fileFault } from '../store/file-fault.ts';
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
 * Ends of the processes below a directory, for one listener. A watch on the directory of exit statuses tells them within milliseconds;
 * what it cannot see is found within half a second.
 */
export class ExitWatch implements AsyncIterable<ContainerExit> {
  readonly #source: ExitSource;
  readonly #signal: AbortSignal;
  readonly #tracker: ExitTracker;
  /** Names whose exit status was touched. */
  readonly #touched = new Set<string>();
  readonly #told: ContainerExit[] = [];
  #failure: { readonly error: unknown } | undefined;
  #lastLook: Promise<void> = Promise.resolve();
  /** Ends the pause of the watch, and that of the listener. */
  #stir: () => void = () => {};
  #tell: () => void = () => {};

  /** Resolves when no end can be missed any more. It ends with the signal. */
  static async open(source: ExitSource, signal: AbortSignal): Promise<ExitWatch> {
    const directory = exitDirectory(source.root);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileFault(`cannot make ${directory}`, error);
    }
    const exits = new ExitWatch(source, signal);
    const watcher = tryWatch(directory, (name) => {
      exits.#touched.add(name);
      exits.#stir();
    });
    try {
      // What has ended by now is no news.
      await exits.#tracker.lookAtAll();
    } catch (error) {
      watcher?.close();
      throw error;
    }
    void exits.#follow().finally(() => watcher?.close());
    return exits;
  }

  private constructor(source: ExitSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#tracker = new ExitTracker(source.root, source.readTable);
  }

  /** Looks at one process now; before its files go, so that its end is told with all that they say. */
  look(name: string): Promise<void> {
    return this.#inTurn(() => this.#tracker.look(name));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ContainerExit> {
    while (!this.#signal.aborted) {
      const next = this.#told.shift();
      if (next !== undefined) {
        yield next;
      } else if (this.#failure !== undefined) {
        throw this.#failure.error;
      } else {
        await new Promise<void>((resolve) => {
          this.#tell = resolve;
        });
      }
    }
  }

  /** Looks where something was touched, and everywhere from time to time, until the signal. */
  async #follow(): Promise<void> {
    const { clock } = this.#source;
    const stir = (): void => this.#stir();
    this.#signal.addEventListener('abort', stir, { once: true });
    try {
      for (let tick = clock.now() + TICK; !this.#signal.aborted; ) {
        const names = [...this.#touched];
        this.#touched.clear();
        for (const name of names) await this.look(name);
        if (clock.now() >= tick) {
          await this.#inTurn(() => this.#tracker.lookAtAll());
          tick = clock.now() + TICK;
        }
        if (this.#touched.size > 0 || this.#signal.aborted) continue;
        const pause = new AbortController();
        this.#stir = () => pause.abort();
        await clock.sleepUntil(tick, pause.signal).catch(() => {});
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#signal.removeEventListener('abort', stir);
    this.#tell();
  }

  /** One look after the other: two at once could tell one end twice. */
  #inTurn(look: () => Promise<readonly ContainerExit[]>): Promise<void> {
    const before = this.#lastLook;
    this.#lastLook = (async () => {
      await before.catch(() => {});
      this.#told.push(...(await look()));
      this.#tell();
    })();
    return this.#lastLook;
  }
}

/** A file system may have no watches, and their number is limited; then the regular look has to do. */
function tryWatch(directory: string, onTouch: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      if (name !== null) onTouch(name);
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
