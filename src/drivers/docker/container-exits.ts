import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { TmError } from '../../model/fault.ts';
import { fromLabelMap, LABEL } from '../../model/labels.ts';
import type { ContainerExit } from '../../ports/containers.ts';
import { type ContainerInspection, inspectContainer } from './container-inspection.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineError } from './engine-error.ts';
import { jsonLines } from './json-lines.ts';

/** Waits before each attempt to open a broken event stream again, in milliseconds: half a minute with the attempts themselves. */
const REOPEN_AFTER_MS = [0, 250, 500, 1000, 2000, 4000, 8000];

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  /** Nanoseconds since 1970, as far as a double holds them. */
  readonly timeNano: number;
}

/**
 * The ends of our containers from now on. Where the stream breaks it is opened again, and what ended in between is read
 * from the containers themselves. Throws, in the iteration, `unreachable` once the engine stays away.
 */
export async function openExits(api: EngineApi, signal: AbortSignal): Promise<AsyncIterable<ContainerExit>> {
  // Events are asked for since a moment before the stream: its headers come before the engine has begun to listen.
  const since = await engineTime(api, signal);
  return new ExitFollower(api, since, signal).follow(await openEvents(api, since, signal));
}

class ExitFollower {
  readonly #api: EngineApi;
  readonly #signal: AbortSignal;
  /** Engine time of the last event, in milliseconds. */
  #since: number;
  /** Engine time until which events may tell what was already read from the containers. */
  #caughtUpAt = 0;
  /** Containers that the kernel ended for want of memory, until their end is told. */
  readonly #starved = new Set<string>();
  /** When each container last ended, in the engine's own words. */
  readonly #told = new Map<string, string>();

  constructor(api: EngineApi, since: number, signal: AbortSignal) {
    this.#api = api;
    this.#since = since;
    this.#signal = signal;
  }

  async *follow(first: Readable): AsyncGenerator<ContainerExit> {
    let events = first;
    try {
      while (!this.#signal.aborted) {
        yield* this.#exitsIn(events);
        if (this.#signal.aborted) return;
        events = await this.#reopen();
        yield* this.#missed();
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    } finally {
      events.destroy();
    }
  }

  async *#exitsIn(events: Readable): AsyncGenerator<ContainerExit> {
    const lines = jsonLines<EngineEvent>(events);
    for (;;) {
      const next = await lines.next().catch(() => undefined);
      // Ended or broken: it makes no difference here.
      if (next === undefined || next.done === true) return;
      const exit = await this.#exitOf(next.value);
      if (exit !== undefined) yield exit;
    }
  }

  async #exitOf({ Action, Actor, timeNano }: EngineEvent): Promise<ContainerExit | undefined> {
    const at = timeNano / 1e6;
    this.#since = Math.max(this.#since, at);
    if (Action === 'oom') this.#starved.add(Actor.ID);
    if (Action !== 'die') return undefined;
    const inspection = await inspectContainer(this.#api, Actor.ID, this.#signal);
    if (at <= this.#caughtUpAt && this.#isTold(inspection)) return undefined;
    this.#tell(inspection);
    const { exitCode, name = '', ...attributes } = Actor.Attributes;
    return this.#exit(Actor.ID, name, attributes, Number(exitCode), inspection);
  }

  /** What ended while nobody listened: an engine remembers only its last 256 events. */
  async *#missed(): AsyncGenerator<ContainerExit> {
    this.#caughtUpAt = await engineTime(this.#api, this.#signal);
    const filters = { label: [LABEL.test], status: ['exited', 'dead'] };
    const request = { method: 'GET', path: '/containers/json', query: { all: true, filters } } as const;
    for (const { Id } of await this.#api.json<readonly { Id: string }[]>(request, this.#signal)) {
      const inspection = await inspectContainer(this.#api, Id, this.#signal);
      if (inspection === undefined || this.#isTold(inspection)) continue;
      const { State, Name, Config } = inspection;
      if (Date.parse(State.FinishedAt) < Math.floor(this.#since)) continue;
      this.#tell(inspection);
      yield this.#exit(Id, Name.slice(1), Config.Labels ?? {}, State.ExitCode, inspection);
    }
  }

  async #reopen(): Promise<Readable> {
    let last: unknown;
    for (const wait of REOPEN_AFTER_MS) {
      await pause(wait, undefined, { signal: this.#signal });
      try {
        return await openEvents(this.#api, this.#since - 1, this.#signal);
      } catch (error) {
        // Only an engine that starts anew is waited for; a lost host has been tried often enough below.
        if (!isEngineAway(error)) throw error;
        last = error;
      }
    }
    throw last;
  }

  #exit(
    id: string,
    name: string,
    attributes: Readonly<Record<string, string>>,
    code: number,
    inspection: ContainerInspection | undefined,
  ): ContainerExit {
    const labels = fromLabelMap(attributes);
    const oomKilled = this.#starved.delete(id) || inspection?.State.OOMKilled === true;
    return {
      ...{ id, name, oomKilled },
      ...(labels === undefined ? {} : { labels }),
      ...(Number.isInteger(code) ? { exitCode: code } : {}),
    };
  }

  #isTold(inspection: ContainerInspection | undefined): boolean {
    return inspection !== undefined && this.#told.get(inspection.Id) === inspection.State.FinishedAt;
  }

  #tell(inspection: ContainerInspection | undefined): void {
    if (inspection !== undefined) this.#told.set(inspection.Id, inspection.State.FinishedAt);
  }
}

const isEngineAway = (error: unknown): boolean =>
  error instanceof EngineError ||
  (error instanceof TmError && error.fault.kind === 'unreachable' && error.fault.what === 'docker');

function openEvents(api: EngineApi, sinceMs: number, signal: AbortSignal): Promise<Readable> {
  const filters = { type: ['container'], event: ['die', 'oom'], label: [LABEL.test] };
  const query = { since: (sinceMs / 1000).toFixed(6), filters };
  return api.stream({ method: 'GET', path: '/events', query }, signal);
}

/** The engine's clock, in milliseconds: it need not agree with ours. */
async function engineTime(api: EngineApi, signal: AbortSignal): Promise<number> {
  const { SystemTime } = await api.json<{ SystemTime: string }>({ method: 'GET', path: '/info' }, signal);
  return Date.parse(SystemTime);
}
