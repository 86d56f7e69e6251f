/** Members whose texts stay as they are, but not below members whose keys are anybody's. */
export interface KeptMembers {
  readonly names: ReadonlySet<string>;
  readonly notBelow: ReadonlySet<string>;
}

/** Plain JSON data with every string in it changed, but for kept members that are a string or a list of strings. */
export function mapStrings<T>(value: T, change: (text: string) => string, kept: KeptMembers = NONE): T {
  const map = (one: unknown): unknown => {
    if (typeof one === 'string') return change(one);
    if (Array.isArray(one)) return one.map(map);
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, member]) => {
        if (kept.notBelow.has(key)) return [key, mapStrings(member, change)];
        return [key, kept.names.has(key) && isText(member) ? member : map(member)];
      }),
    );
  };
  return map(value) as T;
}

const NONE: KeptMembers = { names: new Set(), notBelow: new Set() };

const isText = (member: unknown): boolean =>
  typeof member === 'string' || (Array.isArray(member) && member.every((item) => typeof item === 'string'));
