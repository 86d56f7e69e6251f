import type { Context } from './context.ts';
import type { Path } from './path.ts';

/**
 * The context of a draft in which a list was written out: `origins` has for each of its items the index that it has in the file, where
 * faults of all that became of an item are to be shown.
 */
export function withOrigins(context: Context, list: 'peers' | 'commands', origins: readonly number[]): Context {
  const inFile = (path: Path): Path => {
    const [section, index, ...rest] = path;
    const origin = section === list && index !== undefined ? origins[Number(index)] : undefined;
    return origin === undefined ? path : [list, origin, ...rest];
  };
  return {
    ...context,
    locate: (path, part) => context.locate(inFile(path), part),
    textAt: (path) => context.textAt(inFile(path)),
  };
}
