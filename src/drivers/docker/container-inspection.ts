import { redactVariable } from '../../lib/redact.ts';
import { fromLabelMap } from '../../model/labels.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Inspection } from '../../ports/containers.ts';
import type { EngineApi } from './engine-api.ts';
import { isStatus } from './engine-error.ts';

/** The part of `GET /containers/{id}/json` that we read. */
export interface ContainerInspection {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  /** Id of the image that it was made from. */
  readonly Image: string;
  readonly Config: {
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    /** `NAME=value`. */
    readonly Env?: readonly string[] | null;
  };
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    /** RFC 3339; year 1 where it has not ended. */
    readonly FinishedAt: string;
  };
  readonly HostConfig: { readonly Binds: readonly string[] | null };
}

/** Undefined where there is no such container. */
export async function inspectContainer(
  api: EngineApi,
  id: string,
  signal: AbortSignal,
): Promise<ContainerInspection | undefined> {
  try {
    return await api.json<ContainerInspection>({ method: 'GET', path: `/containers/${id}/json` }, signal);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** An inspection whole, in the engine's words, without what its environment says in secret. */
export function redactInspection(inspection: ContainerInspection): Inspection {
  const { Config } = inspection;
  return { ...inspection, Config: { ...Config, Env: Config.Env?.map(redactVariable) ?? null } };
}

/** An inspection in our words. */
export function toObserved(inspection: ContainerInspection, imageIdentity: string | undefined): ObservedContainer {
  const labels = fromLabelMap(inspection.Config.Labels ?? {});
  const state = stateOf(inspection.State.Status);
  return {
    id: inspection.Id,
    name: inspection.Name.replace(/^\//, ''),
    state,
    image: inspection.Config.Image,
    ...(labels === undefined ? {} : { labels }),
    ...(imageIdentity === undefined ? {} : { imageIdentity }),
    ...(state === 'exited' || state === 'dead' ? { exitCode: inspection.State.ExitCode } : {}),
  };
}

function stateOf(status: string): ObservedContainer['state'] {
  switch (status) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'exited':
      return status;
    default:
      // `dead`, `removing`, and what a later engine may add: it cannot be used.
      return 'dead';
  }
}
