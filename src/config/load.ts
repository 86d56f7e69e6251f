import type { ConfigFault } from '../model/fault.ts';
import type { Spec } from '../model/spec.ts';
import { checkPlacement, type PlacedPeer } from './check-placement.ts';
import { compile } from './compile.ts';
import { compileFleet, type Fleet } from './compile-fleet.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { referFleet, referRest } from './refer.ts';
import { type Locate, readSource } from './source.ts';
import type { TestConfig } from './test-config.generated.ts';
import { nodeAt } from './tree.ts';
import { validate } from './validate.ts';

export interface LoadOptions {
  /** Absolute path of the file, for `Spec.file`; the shown name without it. */
  readonly path?: string;
  /** Gives every peer its host and port, by the rule of `plan/place.ts`; without it, what depends on placement is not checked. */
  readonly place?: (fleet: Fleet) => readonly PlacedPeer[];
}

export interface LoadedConfig {
  /** Missing where there is an error among the faults. */
  readonly spec?: Spec;
  /** Errors and warnings of all stages, in the order of the file. */
  readonly faults: readonly ConfigFault[];
  /** Finds the place of a value, for faults that are found later. */
  readonly locate: Locate;
}

/**
 * Reads a config: bytes in, spec or faults out, and nothing else is touched. All stages run on what the ones before could use, so that
 * everything that is wrong is told at once. `file` is the name to show.
 */
export async function loadConfig(bytes: Uint8Array, file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const { tree, locate, faults: textFaults } = await readSource(bytes, file);
  if (tree === undefined) return { faults: sorted(textFaults), locate };
  const { draft, faults: schemaFaults, sections } = validate(tree, locate);
  const context: Context = {
    locate,
    textAt: (path) => {
      const node = nodeAt(tree, path)?.node;
      return node?.kind === 'scalar' ? node.text : undefined;
    },
  };
  const later =
    draft === undefined ? { faults: [] } : check(draft, sections, options.path ?? file, options.place, context);
  const faults = [...textFaults, ...withoutEchoes(schemaFaults, textFaults), ...later.faults];
  const broken = faults.some(({ severity }) => severity === 'error');
  return {
    ...(broken || later.spec === undefined ? {} : { spec: later.spec }),
    faults: sorted(faults),
    locate,
  };
}

function check(
  draft: Draft<TestConfig>,
  brokenSections: ReadonlySet<string>,
  path: string,
  place: LoadOptions['place'],
  context: Context,
): { readonly spec?: Spec; readonly faults: readonly ConfigFault[] } {
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
  const complete = ['hosts', 'peers'].every((key) => key in draft && !brokenSections.has(key));
  const sound = complete && !faults.some(({ severity }) => severity === 'error');
  if (place !== undefined && sound) {
    const { port: redisPort } = draft.redis ?? {};
    const placed = place(fleet);
    faults.push(
      ...checkPlacement({ ...fleet, ...(redisPort === undefined ? {} : { redisPort }) }, placed, context.locate),
    );
  }
  gather(referRest(draft, context));
  return { spec: gather(compile(draft, fleet, path, context)), faults };
}

/** Without the schema's complaints about values that are missing only because the text itself is at fault there. */
function withoutEchoes(faults: readonly ConfigFault[], earlier: readonly ConfigFault[]): readonly ConfigFault[] {
  const places = new Set(earlier.filter(({ severity }) => severity === 'error').map(placeOf));
  return faults.filter((fault) => !places.has(placeOf(fault)));
}

const placeOf = ({ line, column }: ConfigFault): string => `${line}:${column}`;

/** In the order of the file; what an alias makes appear twice is told once. */
function sorted(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const once = new Map(faults.map((fault) => [`${placeOf(fault)} ${fault.code} ${fault.message}`, fault]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
