import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import { type Draft, putIn, takeOut } from './draft.ts';
import { MAX_FAULTS } from './max-faults.ts';
import { type Path, pathOfPointer } from './path.ts';
import { schemaFault } from './schema-fault.ts';
import type { TestConfig } from './test-config.generated.ts';
import { type Node, plainValue } from './tree.ts';
import { type SchemaError, validateTestConfig } from './validator.generated.js';

export interface Validated {
  /** Missing where the file holds no map. */
  readonly draft?: Draft<TestConfig>;
  readonly faults: readonly ConfigFault[];
  /** The file's own keys (`hosts`, `peers`, …) below which something is wrong. */
  readonly sections: ReadonlySet<string>;
}

/**
 * Holds a file's tree against the schema: what is wrong, and what can be used of it all the same. What is `unreadable` has its fault
 * already, and is taken out without another.
 */
export function validate(tree: Node, context: Context, unreadable: readonly Path[] = []): Validated {
  const value = plainValue(tree);
  let all = errorsOf(value);
  if (takeAsWritten(context, value, all)) all = errorsOf(value);
  const known = new Set(unreadable.map((path) => path.join('/')));
  const errors =
    known.size === 0 ? all : all.filter((error) => !known.has(pathOfPointer(error.instancePath).join('/')));

  const told = errors.slice(0, MAX_FAULTS);
  const faults = told.flatMap((error) => schemaFault(error, told, context.locate) ?? []);
  for (const error of errors) {
    const refused = refusedPath(error);
    if (refused !== undefined) takeOut(value, refused);
  }
  for (const path of unreadable) takeOut(value, path);
  const usable = !errors.some((error) => error.instancePath === '' && error.keyword === 'type');
  const refused = [...errors.map(({ instancePath }) => pathOfPointer(instancePath)), ...unreadable];
  const sections = new Set(refused.map(([section = '']) => String(section)));
  return { ...(usable ? { draft: value as Draft<TestConfig> } : {}), faults, sections };
}

/** What a complaint is about, if it is about something that is there. */
function refusedPath({ keyword, instancePath, params, propertyName }: SchemaError): Path | undefined {
  const path = pathOfPointer(instancePath);
  if (keyword === 'required' || keyword === 'if') return undefined;
  // A key's own complaint names the map; the one of `propertyNames` beside it names the key.
  if (propertyName !== undefined) return undefined;
  const key = params.additionalProperty ?? params.propertyName;
  return key === undefined ? path : [...path, key];
}

function errorsOf(value: unknown): readonly SchemaError[] {
  return validateTestConfig(value) ? [] : (validateTestConfig.errors ?? []);
}

/**
 * Where text is wanted, an unquoted `123`, `1.10` or `true` is taken as the text that it is written as, as the Rust tool does. The
 * schema says `string` there, so that an editor still advises quotes. Gives whether anything was changed.
 */
function takeAsWritten({ textAt }: Context, value: unknown, errors: readonly SchemaError[]): boolean {
  let changed = false;
  for (const { keyword, params, data, instancePath } of errors) {
    const wanted = keyword === 'type' ? [params.type].flat() : [];
    if (!wanted.includes('string') || wanted.includes('integer')) continue;
    if (typeof data !== 'number' && typeof data !== 'boolean') continue;
    const path = pathOfPointer(instancePath);
    const text = textAt(path);
    if (text === undefined) continue;
    putIn(value, path, text);
    changed = true;
  }
  return changed;
}
