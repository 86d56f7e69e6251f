import { digest } from '../../lib/digest.ts';
import { TmError } from '../../model/fault.ts';
import type { Labels } from '../../model/labels.ts';
import type { ImageRef } from '../../model/names.ts';
import type { ObservedContainer, ObservedImage, Platform } from '../../model/observed.ts';
import { type ContainerOrder, publishedPorts } from '../../ports/containers.ts';
import { ExitFeed } from './exit-feed.ts';

/** A container of an engine that exists only in memory. Tests may change it as a person at the host's console would. */
export interface MemoryContainer {
  readonly id: string;
  readonly name: string;
  /** Undefined: somebody else's. */
  readonly labels?: Labels;
  /** How it was asked for; undefined for one that stood there before. */
  readonly order?: ContainerOrder;
  readonly image?: string;
  readonly imageIdentity?: string;
  state: ObservedContainer['state'];
  exitCode?: number;
  oomKilled: boolean;
  /** How often it was started. */
  starts: number;
  /** What it wrote, in pieces. */
  readonly output: string[];
  /** What stands in its DELAY_FILE. */
  restartDelaySeconds?: number;
}

/** An image in memory. `ref` is the tag under which it stands. */
export type MemoryImage = ObservedImage;

/** What an engine starts with. */
export interface MemoryEngineOptions {
  /** Also its identity. */
  readonly id: string;
  /** Default: linux/amd64. */
  readonly platform?: Platform;
  readonly images?: readonly MemoryImage[];
}

/** One engine: the mutable truth that the memory drivers read and change. It waits for nothing and decides nothing. */
export class MemoryEngine {
  readonly id: string;
  readonly platform: Platform;
  readonly containers = new Map<string, MemoryContainer>();
  readonly images = new Map<ImageRef, MemoryImage>();
  readonly #feeds = new Set<ExitFeed>();
  readonly #waiters = new Map<string, Set<() => void>>();
  #made = 0;

  constructor(options: MemoryEngineOptions) {
    this.id = options.id;
    this.platform = options.platform ?? { os: 'linux', architecture: 'amd64' };
    for (const image of options.images ?? []) this.images.set(image.ref, image);
  }

  /** By name, whatever its state. */
  named(name: string): MemoryContainer | undefined {
    return [...this.containers.values()].find((container) => container.name === name);
  }

  /** Puts a container there, not yet started. Ids are counted, so that equal histories have equal ids. */
  create(container: Pick<MemoryContainer, 'name' | 'labels' | 'order' | 'image' | 'imageIdentity'>): MemoryContainer {
    this.#made += 1;
    const id = digest([this.id, 'container', this.#made]);
    const made: MemoryContainer = { ...container, id, state: 'created', oomKilled: false, starts: 0, output: [] };
    this.containers.set(id, made);
    return made;
  }

  /** Puts somebody else's running container there. */
  foreign(name: string, image = 'somebody/else:latest'): MemoryContainer {
    const made = this.create({ name, image });
    made.state = 'running';
    return made;
  }

  /** Ends a container by itself; does nothing where it does not run. */
  exit(container: MemoryContainer, exitCode: number, options: { readonly oomKilled?: boolean } = {}): void {
    if (container.state !== 'running') return;
    container.state = 'exited';
    container.exitCode = exitCode;
    container.oomKilled = options.oomKilled ?? false;
    for (const resolve of this.#waiters.get(container.id) ?? []) resolve();
    this.#waiters.delete(container.id);
    const { id, name, labels, oomKilled } = container;
    if (labels === undefined) return;
    for (const feed of this.#feeds) feed.push({ id, name, labels, exitCode, oomKilled });
  }

  /** What every listener hears from now on, until its signal. */
  listen(signal: AbortSignal): ExitFeed {
    const feed = new ExitFeed(signal);
    this.#feeds.add(feed);
    signal.addEventListener('abort', () => this.#feeds.delete(feed), { once: true });
    return feed;
  }

  /** Breaks every listener's connection for good. */
  loseListeners(message: string): void {
    for (const feed of this.#feeds) feed.lose(new TmError({ kind: 'unreachable', what: 'host', message }));
    this.#feeds.clear();
  }

  /** The running container that publishes a host port, if any. */
  holderOf(hostPort: number, protocol: 'tcp' | 'udp'): MemoryContainer | undefined {
    return [...this.containers.values()].find(
      ({ state, order }) =>
        state === 'running' &&
        order !== undefined &&
        publishedPorts(order).some((port) => port.hostPort === hostPort && port.protocol === protocol),
    );
  }

  /** Resolves when the container has ended, or with the signal. */
  untilEnded(container: MemoryContainer, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (container.state !== 'running' || signal.aborted) return resolve();
      const waiters = this.#waiters.get(container.id) ?? new Set();
      this.#waiters.set(container.id, waiters.add(resolve));
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
