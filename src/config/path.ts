/** The way from the root of a config to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** The path that a JSON pointer (RFC 6901) such as `/peers/0/name` names; indices stay text, which lookups take as well. */
export function pathOfPointer(pointer: string): Path {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
