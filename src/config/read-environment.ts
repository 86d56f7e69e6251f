import { SYSTEM_ENVIRONMENT } from '../model/wire.ts';
import type { Draft } from './draft.ts';
import type { Path } from './path.ts';
import type { Environment } from './test-config.generated.ts';

/** One variable as a config gives it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly path: Path;
}

/**
 * The variables of a map or a list, in order. `textAt` gives numbers and booleans as they are written, so that `1.10` stays `1.10`;
 * nothing is an empty text.
 */
export function readEnvironment(
  environment: Draft<Environment> | undefined,
  path: Path,
  textAt: (path: Path) => string | undefined,
): readonly Variable[] {
  if (environment === undefined || environment === null) return [];
  if (Array.isArray(environment)) {
    return environment.flatMap((pair, index) => {
      if (pair === undefined) return [];
      const equals = pair.indexOf('=');
      return [{ name: pair.slice(0, equals), value: pair.slice(equals + 1), path: [...path, index] }];
    });
  }
  return Object.entries(environment as Readonly<Record<string, string | number | boolean | null | undefined>>).flatMap(
    ([name, value]) => {
      if (value === undefined) return [];
      const at = [...path, name];
      if (value === null) return [{ name, value: '', path: at }];
      return [{ name, value: typeof value === 'string' ? value : (textAt(at) ?? String(value)), path: at }];
    },
  );
}

/** Whether tm gives this variable itself, whatever a config says. */
export const isSystemVariable = (name: string): boolean => (SYSTEM_ENVIRONMENT as readonly string[]).includes(name);
