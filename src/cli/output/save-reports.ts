import { TmError } from '../../model/fault.ts';
import type { Archive, ArchivedRun } from '../../ports/archive.ts';
import { type Reports, readRun, writeReports } from '../../views/report/reports.ts';
import type { RunFacts } from '../../views/run-model/run-facts.ts';
import { parseEvents } from '../input/parse-events.ts';

/** The reports that were written, by their names, with their paths; and the run that they tell of. */
export interface SavedReports {
  readonly facts: RunFacts;
  readonly paths: Readonly<Record<keyof Reports, string>>;
}

/** How a report is put where it belongs; gives its path. */
type Write = (name: string, content: string) => Promise<string>;

/**
 * Draws the reports of a run from its journal and writes them, into its directory unless `write` has another place. Called by `tm report`
 * and at the end of a run, after its last event is in the journal, so that both write the same bytes.
 */
export async function saveReports(
  archive: Archive,
  run: ArchivedRun,
  write: Write = (name, content) => archive.write(run, name, content),
): Promise<SavedReports> {
  const facts = await readRun(parseEvents(archive.journal(run)));
  if (facts.run === undefined)
    throw new TmError({
      kind: 'failed',
      message: `the journal of ${run.run} holds no run`,
      hint: 'tm runs lists those that are kept',
    });
  const reports = writeReports(facts);
  return {
    facts,
    paths: {
      'report.html': await write('report.html', reports['report.html']),
      'junit.xml': await write('junit.xml', reports['junit.xml']),
      'report.json': await write('report.json', reports['report.json']),
    },
  };
}
