import type { Path } from './path.ts';

/**
 * What is left of a config when all that the schema refuses has been taken out: anything may be missing, and what is there has the
 * type that the schema gives it. So the checks after the schema run on every file, and complain about nothing twice.
 */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

/** Takes the value at `path` out of `root`, in place: a list keeps its length, so that indices stay true, and a map its key. */
export function takeOut(root: unknown, path: Path): void {
  const key = path.at(-1);
  const parent = key === undefined ? undefined : valueAt(root, path.slice(0, -1));
  if (key === undefined || parent === null || typeof parent !== 'object') return;
  Object.assign(parent, { [key]: undefined });
}

/** Puts a value at `path` of `root`, in place, where its parent exists. */
export function putIn(root: unknown, path: Path, value: unknown): void {
  const key = path.at(-1);
  const parent = key === undefined ? undefined : valueAt(root, path.slice(0, -1));
  if (key !== undefined && parent !== null && typeof parent === 'object') Object.assign(parent, { [key]: value });
}

/** The value at `path`, or undefined. */
function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
