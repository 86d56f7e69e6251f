import { byCodePoint } from '../../lib/code-point-order.ts';
import { redactEnvironment } from '../../lib/redact.ts';
import { TmError } from '../../model/fault.ts';
import type { HostName, ImageRef } from '../../model/names.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import {
  type ContainerExit,
  type ContainerOrder,
  type Containers,
  type Inspection,
  publishedPorts,
} from '../../ports/containers.ts';
import type { MemoryContainer, MemoryEngine } from './engine.ts';
import { type MemoryFleet, operate } from './fleet.ts';
import { environmentOf, startProcess, stopProcess } from './process.ts';

/** The containers (or processes: it makes no difference here) of one engine in memory. */
export class MemoryContainers implements Containers {
  readonly #fleet: MemoryFleet;
  readonly #engine: MemoryEngine;
  readonly #host: HostName;

  constructor(fleet: MemoryFleet, engine: MemoryEngine, host: HostName) {
    this.#fleet = fleet;
    this.#engine = engine;
    this.#host = host;
  }

  list(signal: AbortSignal): Promise<readonly ObservedContainer[]> {
    return this.#operate('list', '', signal, () =>
      [...this.#engine.containers.values()]
        .filter((one) => one.labels !== undefined || one.name.startsWith('tm-'))
        .sort((a, b) => byCodePoint(a.name, b.name))
        .map(observed),
    );
  }

  run(order: ContainerOrder, signal: AbortSignal): Promise<string> {
    return this.#operate('run', order.name, signal, () => {
      const engine = this.#engine;
      if (engine.named(order.name) !== undefined) {
        const message = `${this.#host} already has a container named ${order.name}`;
        throw new TmError({ kind: 'conflict', host: this.#host, message });
      }
      const container = engine.create({ name: order.name, labels: order.labels, order, ...this.#imageOf(order) });
      this.#start(container);
      return container.id;
    });
  }

  restart(id: string, signal: AbortSignal): Promise<void> {
    return this.#operate('restart', id, signal, () => {
      const container = this.#existing(id);
      if (container.state !== 'running') this.#start(container);
    });
  }

  remove(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    return this.#operate('remove', id, signal, async () => {
      const container = this.#engine.containers.get(id);
      if (container === undefined) return;
      await stopProcess(this.#fleet, this.#engine, container, graceMs, signal);
      this.#engine.containers.delete(id);
    });
  }

  exits(signal: AbortSignal): Promise<AsyncIterable<ContainerExit>> {
    return this.#operate('exits', '', signal, () => this.#engine.listen(signal));
  }

  async *output(id: string, options: { readonly tailLines?: number }, signal: AbortSignal): AsyncGenerator<string> {
    const text = await this.#operate('output', id, signal, () => this.#existing(id).output.join(''));
    yield options.tailLines === undefined ? text : lastLines(text, options.tailLines);
  }

  inspect(id: string, signal: AbortSignal): Promise<Inspection | undefined> {
    return this.#operate('inspect', id, signal, () => {
      const container = this.#engine.containers.get(id);
      return container === undefined ? undefined : inspectionOf(container);
    });
  }

  restartDelay(id: string, signal: AbortSignal): Promise<number | undefined> {
    return this.#operate('restartDelay', id, signal, () => this.#existing(id).restartDelaySeconds);
  }

  #operate<T>(method: string, subject: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    return operate(this.#fleet, { name: `containers.${method}`, engine: this.#engine.id, subject }, signal, work);
  }

  #existing(id: string): MemoryContainer {
    const container = this.#engine.containers.get(id);
    if (container !== undefined) return container;
    throw new TmError({
      kind: 'failed',
      host: this.#host,
      message: `${this.#host} has no container ${id.slice(0, 12)}`,
    });
  }

  #imageOf(order: ContainerOrder): Pick<MemoryContainer, 'image' | 'imageIdentity'> {
    if (order.workload.kind === 'process') return {};
    const image = this.#engine.images.get(order.workload.image as ImageRef);
    if (image !== undefined) return { image: image.ref, imageIdentity: image.identity };
    const message = `${this.#host} has no image ${order.workload.image}`;
    throw new TmError({ kind: 'failed', host: this.#host, message });
  }

  #start(container: MemoryContainer): void {
    for (const port of container.order === undefined ? [] : publishedPorts(container.order)) {
      const holder = this.#engine.holderOf(port.hostPort, port.protocol);
      if (holder === undefined || holder === container) continue;
      const message = `port ${port.hostPort}/${port.protocol} of ${this.#host} is taken by ${holder.name}`;
      throw new TmError({ kind: 'failed', host: this.#host, message });
    }
    startProcess(this.#fleet, this.#engine, container);
  }
}

function observed(container: MemoryContainer): ObservedContainer {
  const { id, name, labels, state, image, imageIdentity, exitCode } = container;
  return {
    id,
    name,
    state,
    ...(labels === undefined ? {} : { labels }),
    ...(image === undefined ? {} : { image }),
    ...(imageIdentity === undefined ? {} : { imageIdentity }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function inspectionOf(container: MemoryContainer): Inspection {
  const { oomKilled, starts, order } = container;
  return {
    ...observed(container),
    oomKilled,
    starts,
    command: order?.workload.command ?? null,
    environment: redactEnvironment(environmentOf(container)),
  };
}

function lastLines(text: string, count: number): string {
  const lines = text.split(/(?<=\n)/);
  return count === 0 ? '' : lines.slice(-count).join('');
}
