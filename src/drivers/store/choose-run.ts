import { closest } from '../../lib/suggest.ts';
import { TmError } from '../../model/fault.ts';
import type { ArchivedRun } from '../../ports/archive.ts';

/** How many runs a message names. */
const SHOWN = 4;

/**
 * The run that `name` means among `runs` (newest first): its id, or the beginning of just one; without a name the newest. Throws `usage`
 * with what there is otherwise. `where` is how messages call the place.
 */
export function chooseRun(runs: readonly ArchivedRun[], name: string | undefined, where: string): ArchivedRun {
  const [newest] = runs;
  if (newest === undefined) {
    const message =
      name === undefined ? `no run is kept in ${where}` : `no run is kept in ${where}, so none is "${name}"`;
    throw usage(message, 'go to where tm was started, or give the path of a run’s directory');
  }
  if (name === undefined) return newest;
  const same = runs.filter(({ run }) => run === name);
  const meant = same.length > 0 ? same : runs.filter(({ run }) => run.startsWith(name));
  const [only] = meant;
  if (only === undefined) {
    const near = closest(
      name,
      runs.map(({ run }) => run),
    );
    throw usage(
      `there is no run "${name}"`,
      near === undefined ? `see tm runs; the newest is ${newest.run}` : `did you mean ${near}?`,
    );
  }
  if (meant.length === 1) return only;
  // Two tests may have given one id to a run each: then only their paths tell them apart.
  const told = meant.slice(0, SHOWN).map(({ run, path }) => (same.length > 0 ? path : run));
  const ask = same.length > 0 ? 'give its path' : 'give more of it';
  const more = meant.length > SHOWN ? ` and ${meant.length - SHOWN} more` : '';
  throw usage(`"${name}" may be any of ${meant.length} runs`, `${ask}: ${told.join(', ')}${more}`);
}

const usage = (message: string, hint: string): TmError => new TmError({ kind: 'usage', message, hint });
