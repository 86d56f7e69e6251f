import type { ConfigFault } from '../model/fault.ts';
import type { Spec } from '../model/spec.ts';
import { checkPlacement, type PlacedPeer } from './check-placement.ts';
import { compile } from './compile.ts';
import { compileFleet, type Fleet } from './compile-fleet.ts';
import type { Context } from './context.ts';
import { MAX_FAULTS } from './max-faults.ts';
import { referFleet, referRest } from './refer.ts';
import { type Locate, readSource } from './source.ts';
import { type Validated, validate } from './validate.ts';

export interface LoadOptions {
  /** Absolute path of the file, for `Spec.file`; the shown name without it. */
  readonly path?: string;
  /** Gives every peer its host and port, by the rule of `plan/place.ts`; without it, what depends on placement is not checked. */
  readonly place?: (fleet: Fleet) => readonly PlacedPeer[];
  /** Redis is somewhere else (`--redis-url`), so that its port in the file is free. */
  readonly externalRedis?: boolean;
}

export interface LoadedConfig {
  /** Missing where there is an error among the faults. */
  readonly spec?: Spec;
  /** Errors and warnings of all stages, in the order of the file; of very many of a kind, the first ones. */
  readonly faults: readonly ConfigFault[];
  /** Finds the place of a value, for faults that are found later. */
  readonly locate: Locate;
}

/**
 * Reads a config: bytes in, spec or faults out, and nothing else is touched. All stages run on what the ones before could use, so that
 * everything that is wrong is told at once. `file` is the name to show.
 */
export async function loadConfig(bytes: Uint8Array, file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const { tree, locate, textAt, faults: textFaults } = await readSource(bytes, file);
  if (tree === undefined) return { faults: tidied(textFaults), locate };
  const context: Context = { locate, textAt };
  const validated = validate(tree, context);
  const later = check(validated, options, options.path ?? file, context);
  const faults = [...textFaults, ...withoutEchoes(validated.faults, textFaults), ...later.faults];
  const { spec } = later;
  return {
    ...(spec === undefined || faults.some(isError) ? {} : { spec }),
    faults: tidied(faults),
    locate,
  };
}

/** The stages after the schema. Placement is looked at only when hosts and peers are known to be sound. */
function check(
  { draft, sections }: Validated,
  { place, externalRedis }: LoadOptions,
  path: string,
  context: Context,
): { readonly spec?: Spec; readonly faults: readonly ConfigFault[] } {
  if (draft === undefined) return { faults: [] };
  const faults: ConfigFault[] = [];
  const gather = <T>(stage: Generator<ConfigFault, T>): T => {
    for (;;) {
      const step = stage.next();
      if (step.done === true) return step.value;
      faults.push(step.value);
    }
  };
  gather(referFleet(draft, context));
  const fleet = gather(compileFleet(draft, context));
  const complete = ['hosts', 'peers'].every((key) => key in draft && !sections.has(key));
  if (place !== undefined && complete && !faults.some(isError)) {
    const redisPort = externalRedis === true ? undefined : draft.redis?.port;
    const options = redisPort === undefined ? {} : { redisPort };
    faults.push(...checkPlacement(fleet, place(fleet), context.locate, options));
  }
  gather(referRest(draft, context));
  return { spec: gather(compile(draft, fleet, path, context)), faults };
}

/** Without the schema's complaints about values that are missing only because the text itself is at fault there. */
function withoutEchoes(faults: readonly ConfigFault[], earlier: readonly ConfigFault[]): readonly ConfigFault[] {
  const places = new Set(earlier.filter(isError).map(placeOf));
  return faults.filter((fault) => !places.has(placeOf(fault)));
}

/** In the order of the file and not too many; what an alias makes appear twice is told once. */
function tidied(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const once = [
    ...new Map(faults.map((fault) => [`${placeOf(fault)} ${fault.code} ${fault.message}`, fault])).values(),
  ];
  const inOrder = once.sort((a, b) => a.line - b.line || a.column - b.column);
  if (inOrder.length <= MAX_FAULTS) return inOrder;
  const errors = inOrder.filter(isError).slice(0, MAX_FAULTS);
  return errors.length > 0 ? errors : inOrder.slice(0, MAX_FAULTS);
}

const isError = ({ severity }: ConfigFault): boolean => severity === 'error';
const placeOf = ({ line, column }: ConfigFault): string => `${line}:${column}`;
