import type { ImageRef } from '../../model/names.ts';
import type { Progress } from '../../ports/images.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineError } from './engine-error.ts';
import { idleLimit } from './idle-limit.ts';
import { parseImageName } from './image-name.ts';
import { jsonLines } from './json-lines.ts';

/** An engine reports several times a second while it downloads; registries may need a while to answer. */
const SILENCE_MS = 180_000;

interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** Has an engine fetch an image. Throws EngineError for what the engine or the registry say in the answer's stream. */
export async function pullImage(
  api: EngineApi,
  ref: ImageRef,
  authHeader: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { repository, tag, digest } = parseImageName(ref);
  const query = { fromImage: repository, tag: digest ?? tag };
  const headers = authHeader === undefined ? {} : { 'X-Registry-Auth': authHeader };
  const request = { method: 'POST', path: '/images/create', query, headers, timeoutMs: SILENCE_MS } as const;
  const stream = await api.stream(request, signal);
  const layers = new Map<string, { readonly current: number; readonly total: number }>();
  for await (const line of jsonLines<PullLine>(idleLimit(stream, SILENCE_MS, `pulling ${ref}`))) {
    const problem = line.errorDetail?.message ?? line.error;
    if (problem !== undefined) throw new EngineError(200, problem);
    const { id, status, progressDetail: { current, total } = {} } = line;
    if (id === undefined || status !== 'Downloading' || current === undefined || total === undefined) continue;
    layers.set(id, { current, total });
    const all = [...layers.values()];
    progress(sum(all.map((layer) => layer.current)), sum(all.map((layer) => layer.total)));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
