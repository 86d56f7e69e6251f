import { dirname } from 'node:path/posix';
import { byCodePoint } from '../../lib/code-point-order.ts';
import { TmError } from '../../model/fault.ts';
import { LABEL } from '../../model/labels.ts';
import { configDirectory } from '../../model/names.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { DELAY_FILE } from '../../model/wire.ts';
import type { ContainerExit, ContainerOrder, Containers, Inspection } from '../../ports/containers.ts';
import { CONFIG_MOUNT, containerBody } from './container-body.ts';
import { openExits } from './container-exits.ts';
import { type ContainerInspection, inspectContainer, redactInspection, toObserved } from './container-inspection.ts';
import type { EngineApi } from './engine-api.ts';
import { explainEngineError, isStatus } from './engine-error.ts';
import type { HostDirectories } from './host-directories.ts';
import type { ImageCatalog } from './image-catalog.ts';
import { logText } from './log-frames.ts';
import { firstFile } from './tar-file.ts';

/** Making, starting and removing wait for the host's disk, and many may be asked for at once. */
const WORK_TIMEOUT_MS = 180_000;

/** The containers of one engine. */
export class DockerContainers implements Containers {
  readonly #api: EngineApi;
  readonly #catalog: ImageCatalog;
  readonly #directories: HostDirectories;

  constructor(api: EngineApi, catalog: ImageCatalog, directories: HostDirectories) {
    this.#api = api;
    this.#catalog = catalog;
    this.#directories = directories;
  }

  async list(signal: AbortSignal): Promise<readonly ObservedContainer[]> {
    return this.#explained('could not list the containers', async () => {
      const all = await this.#api.json<ListedContainer[]>(
        { method: 'GET', path: '/containers/json', query: { all: true } },
        signal,
      );
      const observed = await Promise.all(all.filter(concernsUs).map(({ Id }) => this.#observe(Id, signal)));
      return observed.filter((one) => one !== undefined).sort((a, b) => byCodePoint(a.name, b.name));
    });
  }

  async run(order: ContainerOrder, signal: AbortSignal): Promise<string> {
    const { name } = order;
    const home = await this.#directories.home(signal);
    const configPath = `${home}/${configDirectory(order.peer)}`;
    await this.#directories.make(configPath, signal);
    const id = await this.#create(order, containerBody(order, home, configPath), signal).catch(
      async (error: unknown) => {
        // Nothing will be left that a later `remove` could find it by.
        if (!isConflict(error)) await this.#removeConfig(configPath, NEVER).catch(() => {});
        throw error;
      },
    );
    await this.#explained(`could not start ${name}`, () => this.#start(id, signal));
    return id;
  }

  async restart(id: string, signal: AbortSignal): Promise<void> {
    await this.#explained(`could not start container ${id.slice(0, 12)} again`, () => this.#start(id, signal));
  }

  async remove(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    await this.#explained(`could not remove container ${id.slice(0, 12)}`, async () => {
      const inspection = await inspectContainer(this.#api, id, signal);
      if (inspection === undefined) return;
      await this.#stop(id, graceMs, signal);
      await this.#delete(id, signal);
      const directory = configPathOf(inspection);
      if (directory !== undefined) await this.#removeConfig(directory, signal);
    });
  }

  /** A config directory into which nobody put anything, and with the last one what held them. */
  async #removeConfig(directory: string, signal: AbortSignal): Promise<void> {
    await this.#directories.removeEmpty(directory, signal);
    await this.#directories.removeEmpty(dirname(directory), signal);
  }

  exits(signal: AbortSignal): Promise<AsyncIterable<ContainerExit>> {
    return this.#explained('could not listen to events', () => openExits(this.#api, signal));
  }

  async *output(id: string, options: { readonly tailLines?: number }, signal: AbortSignal): AsyncGenerator<string> {
    const query = { stdout: true, stderr: true, tail: options.tailLines ?? 'all' };
    const stream = await this.#explained(`could not read what container ${id.slice(0, 12)} wrote`, () =>
      this.#api.stream({ method: 'GET', path: `/containers/${id}/logs`, query }, signal),
    );
    yield* logText(stream);
  }

  async inspect(id: string, signal: AbortSignal): Promise<Inspection | undefined> {
    return this.#explained(`could not inspect container ${id.slice(0, 12)}`, async () => {
      const inspection = await inspectContainer(this.#api, id, signal);
      return inspection === undefined ? undefined : redactInspection(inspection);
    });
  }

  async restartDelay(id: string, signal: AbortSignal): Promise<number | undefined> {
    return this.#explained(`could not read ${DELAY_FILE} of a container`, async () => {
      try {
        const query = { path: DELAY_FILE };
        const stream = await this.#api.stream({ method: 'GET', path: `/containers/${id}/archive`, query }, signal);
        const text = (await firstFile(stream)).trim();
        const seconds = Number(text);
        return text !== '' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    });
  }

  async #observe(id: string, signal: AbortSignal): Promise<ObservedContainer | undefined> {
    const inspection = await inspectContainer(this.#api, id, signal);
    if (inspection === undefined) return undefined;
    const entry = await this.#catalog.entry(inspection.Image, signal);
    return toObserved(inspection, entry?.identity);
  }

  async #create(order: ContainerOrder, body: object, signal: AbortSignal): Promise<string> {
    const { name } = order;
    const { host, where } = this.#api.transport;
    try {
      const request = { path: '/containers/create', query: { name }, body, timeoutMs: WORK_TIMEOUT_MS };
      const { Id } = await this.#api.json<{ Id: string }>({ method: 'POST', ...request }, signal);
      return Id;
    } catch (error) {
      if (!isStatus(error, 409)) throw explainEngineError(error, `could not make ${name}`, this.#api.transport);
      const message = `${where} already has a container named ${name}`;
      const hint = `look at it with \`docker inspect ${name}\` there; tm removes only its own`;
      throw new TmError({ kind: 'conflict', message, hint, ...(host === undefined ? {} : { host }) }, { cause: error });
    }
  }

  async #start(id: string, signal: AbortSignal): Promise<void> {
    const request = { path: `/containers/${id}/start`, repeatable: true, timeoutMs: WORK_TIMEOUT_MS };
    await this.#api.json<void>({ method: 'POST', ...request }, signal);
  }

  async #stop(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const request = { path: `/containers/${id}/stop`, query: { t: Math.ceil(graceMs / 1000) }, repeatable: true };
    try {
      await this.#api.json<void>({ method: 'POST', ...request, timeoutMs: graceMs + WORK_TIMEOUT_MS }, signal);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  async #delete(id: string, signal: AbortSignal): Promise<void> {
    const request = { path: `/containers/${id}`, query: { force: true, v: true }, repeatable: true };
    try {
      await this.#api.json<void>({ method: 'DELETE', ...request, timeoutMs: WORK_TIMEOUT_MS }, signal);
    } catch (error) {
      if (isStatus(error, 404)) return;
      // Somebody else is removing it at this moment.
      if (!isStatus(error, 409)) throw error;
      await this.#untilRemoved(id, signal);
    }
  }

  async #untilRemoved(id: string, signal: AbortSignal): Promise<void> {
    const request = { path: `/containers/${id}/wait`, query: { condition: 'removed' }, timeoutMs: WORK_TIMEOUT_MS };
    try {
      await this.#api.json<unknown>({ method: 'POST', ...request, repeatable: true }, signal);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  async #explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainEngineError(error, doing, this.#api.transport);
    }
  }
}

/** For tidying up after a failure, when the caller's signal may have ended already. */
const NEVER = new AbortController().signal;

const isConflict = (error: unknown): boolean => error instanceof TmError && error.fault.kind === 'conflict';

interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

const concernsUs = ({ Names, Labels }: ListedContainer): boolean =>
  Labels?.[LABEL.test] !== undefined || (Names ?? []).some((name) => name.startsWith('/tm-'));

/** The host directory that was made for it; its label alone would not do, somebody may have mounted something else there. */
function configPathOf({ HostConfig, Config }: ContainerInspection): string | undefined {
  if (Config.Labels?.[LABEL.test] === undefined) return undefined;
  const bind = (HostConfig.Binds ?? []).find((one) => one.endsWith(`:${CONFIG_MOUNT}`));
  const path = bind?.slice(0, -CONFIG_MOUNT.length - 1);
  return path !== undefined && /\/peer-config\/tm-[^/]+-config$/.test(path) ? path : undefined;
}
