import type { Secret } from '../lib/secret.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { Spec } from '../model/spec.ts';
import { checkPlacement, type PlacedPeer } from './check-placement.ts';
import { compile } from './compile.ts';
import { compileFleet, type Fleet } from './compile-fleet.ts';
import type { Context } from './context.ts';
import { expandRepeats } from './expand-repeats.ts';
import { expandReplicas } from './expand-replicas.ts';
import { explainFilled } from './explain-filled.ts';
import { foldReplicas } from './fold-replicas.ts';
import type { CellLabel } from './matrix.ts';
import { MAX_FAULTS } from './max-faults.ts';
import { peerIndex } from './peer-index.ts';
import { referFleet, referRest } from './refer.ts';
import { type Locate, located, readingOf, readSource } from './source.ts';
import { fillIn, type TemplateOptions } from './template.ts';
import { type Validated, validate } from './validate.ts';

export interface LoadOptions extends TemplateOptions {
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
  /** The combinations of `matrix`, at least one; the one that was loaded is `LoadOptions.cell`. */
  readonly cells: readonly CellLabel[];
  /** The vars that `LoadOptions.vars` may set; missing where the file cannot be read as YAML. */
  readonly declared?: ReadonlySet<string>;
  /** What must not be shown of this test: values of vars and environment variables that are named like secrets. */
  readonly secrets: readonly Secret[];
}

const NO_MATRIX: CellLabel = { name: '', vars: {} };

/**
 * Reads a config: bytes in, spec or faults out, and nothing else is touched. All stages run on what the ones before could use, so that
 * everything that is wrong is told at once. `file` is the name to show.
 */
export async function loadConfig(bytes: Uint8Array, file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const source = await readSource(bytes, file);
  const { tree, place, faults: textFaults } = source;
  if (tree === undefined) return { faults: tidied(textFaults), locate: source.locate, cells: [NO_MATRIX], secrets: [] };
  const filled = fillIn(tree, source.text, options);
  const context: Context = readingOf(filled.tree, place);
  const validated = validate(filled.tree, context, filled.unreadable);
  const later = check(validated, options, options.path ?? file, context);
  const earlier = [...textFaults, ...filled.faults.map((fault) => located(fault, place))];
  const faults = [...earlier, ...withoutEchoes(validated.faults, textFaults).map(explainFilled), ...later.faults];
  const { cells, declared, secrets, vars } = filled;
  const spec = later.spec === undefined || faults.some(isError) ? {} : { spec: { ...later.spec, vars } };
  return { ...spec, faults: tidied(faults), locate: context.locate, cells, declared, secrets };
}

/** The stages after the schema. Placement is looked at only when hosts and peers are known to be sound. */
function check(
  validated: Validated,
  { place, externalRedis }: LoadOptions,
  path: string,
  fileContext: Context,
): { readonly spec?: Spec; readonly faults: readonly ConfigFault[] } {
  if (validated.draft === undefined) return { faults: [] };
  const { sections } = validated;
  const faults: ConfigFault[] = [];
  const gather = <T>(stage: Generator<ConfigFault, T>): T => {
    for (;;) {
      const step = stage.next();
      if (step.done === true) return step.value;
      faults.push(step.value);
    }
  };
  const { draft, context } = gather(expandReplicas(validated.draft, fileContext));
  const peers = peerIndex(draft);
  gather(referFleet(draft, context));
  const fleet = gather(compileFleet(draft, peers, context));
  const complete = ['hosts', 'peers'].every((key) => key in draft && !sections.has(key));
  if (place !== undefined && complete && !faults.some(isError)) {
    const redisPort = externalRedis === true ? undefined : draft.redis?.port;
    const options = redisPort === undefined ? {} : { redisPort };
    faults.push(...checkPlacement(fleet, place(fleet), context.locate, options));
  }
  gather(referRest(draft, peers, context));
  const repeated = gather(expandRepeats(draft, peers, context));
  const spec = gather(compile(repeated.draft, fleet, path, peers, repeated.context));
  return { spec, faults: context.replicas === undefined ? faults : foldReplicas(faults) };
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
