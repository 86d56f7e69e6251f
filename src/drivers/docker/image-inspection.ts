import { digest } from '../../lib/digest.ts';
import type { EngineApi } from './engine-api.ts';
import { isStatus } from './engine-error.ts';
import { imagePath } from './image-name.ts';

/** The part of `GET /images/{name}/json` that we read. */
export interface ImageInspection {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Architecture: string;
  readonly Os: string;
  /** Bytes of all layers. */
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] | null };
  readonly Config: Readonly<Record<string, unknown>> | null;
}

/** By name or id; undefined where there is no such image. */
export async function inspectImage(
  api: EngineApi,
  name: string,
  signal: AbortSignal,
): Promise<ImageInspection | undefined> {
  try {
    return await api.json<ImageInspection>({ method: 'GET', path: `/images/${imagePath(name)}/json` }, signal);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

// What decides how a container of it runs. The rest of an inspection is about how and where the image was made, and
// engines of different versions tell different parts of that.
const decisive = [
  ...['User', 'Env', 'Entrypoint', 'Cmd', 'WorkingDir', 'Volumes', 'ExposedPorts', 'Labels', 'StopSignal'],
  ...['Healthcheck', 'Shell', 'OnBuild', 'ArgsEscaped'],
] as const;

/**
 * Digest that is equal for the same image on every engine: of its layer diff ids, platform and config. An image's id will
 * not do, because engines give the same tar different ids.
 */
export function imageIdentity({ Architecture, Os, RootFS, Config }: ImageInspection): string {
  const config = decisive.map((key) => [key, Config?.[key]] as const).filter(([, value]) => !isNothing(value));
  const platform = { architecture: Architecture, os: Os };
  return digest({ platform, layers: RootFS.Layers ?? [], config: Object.fromEntries(config) });
}

// Some engines leave a key out where others write null, an empty text, list or map.
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);
