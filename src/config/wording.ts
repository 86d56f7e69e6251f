import type { SchemaPart } from './validator.generated.js';

const MAX_SHOWN = 40;

/** A value as a message quotes it: on one line and short. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 2)}…${text.endsWith('"') ? '"' : ''}` : text;
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `a, b and c`. */
export function allOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What the schema calls a map: `a host`. */
export const nounOf = (schema: SchemaPart): string => schema['x-noun'] ?? 'this map';

/** `write redis:7, say`, from the schema's first example, where it is short enough for that. */
export function exampleOf(schema: SchemaPart): string | undefined {
  const example = flowStyle(schema.examples?.[0]);
  return example === undefined ? undefined : `write ${example}, say`;
}

/** A scalar, or a list or map of scalars, on one line of YAML; undefined for anything larger. */
export function flowStyle(value: unknown): string | undefined {
  if (typeof value === 'string') return /^[*&!|>%@`"']|[,[\]{}]|: |^$/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || typeof value !== 'object') return undefined;
  const members = Object.entries(value).map(([key, member]) => {
    const text = typeof member === 'object' ? undefined : flowStyle(member);
    return Array.isArray(value) || text === undefined ? text : `${key}: ${text}`;
  });
  if (members.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${members.join(', ')}]` : `{ ${members.join(', ')} }`;
}

/** Says that a value has the wrong type, and how to write it where that can be guessed. */
export function wrongType(
  wants: string,
  data: unknown,
  key: string | number | undefined,
  type: string | readonly string[] | undefined,
): { readonly message: string; readonly suggestion?: string } {
  if (data === null || data === undefined) return { message: `${wants} is wanted here, and there is nothing` };
  const message = `${wants} is wanted here, this is ${kindOf(data)}`;
  const wanted = [type ?? []].flat();
  if (typeof data === 'string' && (wanted.includes('number') || wanted.includes('integer'))) {
    const numeric = data.trim() !== '' && Number.isFinite(Number(data));
    return numeric ? { message, suggestion: `write ${data.trim()} without the quotes` } : { message };
  }
  const takesList = wanted.includes('array') && !wanted.includes('object');
  if (takesList && typeof data === 'object' && !Array.isArray(data)) {
    return { message, suggestion: 'begin each item with `- `' };
  }
  if (takesList && typeof data !== 'object' && /^(?!.*: )[^[\]{},#\n]{1,60}$/.test(String(data))) {
    return { message, suggestion: `write ${key === undefined ? '' : `${key}: `}[${data}]` };
  }
  return { message };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return String(value);
    case 'number':
      if (Number.isNaN(value)) return 'not a number (.nan)';
      if (!Number.isFinite(value)) return 'infinite';
      return Number.isInteger(value) ? `the number ${value}` : `the fraction ${value}`;
    default:
      return 'a map';
  }
}
