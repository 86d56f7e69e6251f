import { cellFaults } from '../../config/cell-faults.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import type { CellLabel } from '../../config/matrix.ts';
import type { Secret } from '../../lib/secret.ts';
import { closest } from '../../lib/suggest.ts';
import type { Desired } from '../../model/desired.ts';
import type { ConfigFault } from '../../model/fault.ts';
import { TmError } from '../../model/fault.ts';
import type { Spec } from '../../model/spec.ts';
import { desire } from '../../plan/desire.ts';
import { place } from '../../plan/place.ts';
import type { Context } from '../context.ts';
import type { Args } from './args.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';

/** A config file, read and placed. */
export interface LoadedTest {
  /** Missing where there is an error among the faults. */
  readonly desired?: Desired;
  readonly spec?: Spec;
  readonly faults: readonly ConfigFault[];
  /** The path as it is shown: relative to the working directory. */
  readonly shown: string;
  /** The combination of the matrix that this is. */
  readonly cell: CellLabel;
  /** What no output may hold. */
  readonly secrets: readonly Secret[];
  /** The file, as it was written. */
  readonly text: string;
}

/** A config file with all combinations of its matrix. */
export interface LoadedCells {
  /** At least one; the only one where the file has no matrix. Missing where one of them has an error. */
  readonly tests?: readonly (LoadedTest & { readonly desired: Desired })[];
  /** Of all of them, each told once. */
  readonly faults: readonly ConfigFault[];
  readonly shown: string;
}

/** Where the vars of a test come from besides its file. */
type Given = Pick<Args, 'vars'>;
type Surroundings = Pick<Context, 'environment'>;

/**
 * Reads a config file and decides where everything goes; of a matrix it takes the first combination. Throws `usage` for a file that
 * cannot be read and for a var that it does not have; faults inside it are values.
 */
export async function loadTest(
  path: string,
  args: Given,
  context: Surroundings,
  externalRedis?: Secret,
): Promise<LoadedTest> {
  const file = await readConfigFile(path);
  return testOf(file, await load(file, 0, args, context, externalRedis), 0, externalRedis);
}

/** The same for every combination of the matrix, in its order. */
export async function loadCells(
  path: string,
  args: Given,
  context: Surroundings,
  externalRedis?: Secret,
): Promise<LoadedCells> {
  const file = await readConfigFile(path);
  const first = await load(file, 0, args, context, externalRedis);
  const all = [testOf(file, first, 0, externalRedis)];
  for (let cell = 1; cell < first.cells.length; cell++)
    all.push(testOf(file, await load(file, cell, args, context, externalRedis), cell, externalRedis));
  const tests = all.flatMap(({ desired, ...test }) => (desired === undefined ? [] : [{ ...test, desired }]));
  const { shown } = file;
  return { ...(tests.length === all.length ? { tests } : {}), faults: cellFaults(all), shown };
}

async function load(
  { absolute, shown, bytes }: ConfigFile,
  cell: number,
  { vars }: Given,
  { environment }: Surroundings,
  externalRedis: Secret | undefined,
): Promise<LoadedConfig> {
  const loaded = await loadConfig(bytes, shown, {
    path: absolute,
    externalRedis: externalRedis !== undefined,
    vars,
    environment,
    cell,
    place: (fleet) => {
      const placement = place(fleet);
      return placement.kind === 'placed' ? placement.peers : [];
    },
  });
  if (loaded.declared !== undefined) refuseUnknown(vars, loaded.declared, shown);
  return loaded;
}

/** A var that nothing in the file can be about is a slip of the finger. */
function refuseUnknown(vars: Given['vars'], declared: ReadonlySet<string>, shown: string): void {
  for (const [name] of vars) {
    if (declared.has(name)) continue;
    const meant = closest(name, declared);
    const known = declared.size === 0 ? 'it has none: add `vars:` to it' : `there are ${[...declared].join(', ')}`;
    const hint = meant === undefined ? known : `did you mean --var ${meant}=…?`;
    throw new TmError({ kind: 'usage', message: `${shown} has no var "${name}"`, hint });
  }
}

function testOf(
  { shown, bytes }: ConfigFile,
  loaded: LoadedConfig,
  index: number,
  externalRedis: Secret | undefined,
): LoadedTest {
  const { spec, faults, cells, secrets } = loaded;
  const cell = cells[index] ?? { name: '', vars: {} };
  const test = { faults, shown, cell, secrets, text: new TextDecoder().decode(bytes) };
  if (spec === undefined) return test;
  const placement = place(spec);
  if (placement.kind !== 'placed') {
    const message = placement.groups.map((group) => group.message).join('; ');
    throw new TmError({ kind: 'config', faults: [], message, hint: 'give a host these tags, or the peers others' });
  }
  const external = externalRedis === undefined ? {} : { externalRedis: { display: displayUrl(externalRedis) } };
  return { ...test, spec, desired: desire(spec, placement.peers, external) };
}

/** A Redis URL without its password. */
export function displayUrl(url: Secret): string {
  const shown = new URL(url.reveal());
  if (shown.password !== '') shown.password = 'redacted';
  return shown.toString();
}
