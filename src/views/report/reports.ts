/** All reports of a run, from its journal and from nothing else: the same journal gives the same bytes, whenever and wherever. */
import type { TmEvent } from '../../model/event.ts';
import { createRunModel, type RunFacts } from '../run-model/run-model.ts';
import { accountOf } from './account.ts';
import { reportHtml } from './html/page.ts';
import { junitXml } from './junit-xml.ts';
import { reportJson } from './report-json.ts';

/** The files by their names. */
export type Reports = Readonly<Record<'report.html' | 'junit.xml' | 'report.json', string>>;

/** The last attempt that the events tell of, with all its log lines. */
export async function readRun(events: AsyncIterable<TmEvent> | Iterable<TmEvent>): Promise<RunFacts> {
  const model = createRunModel({ keepLogs: Number.POSITIVE_INFINITY });
  for await (const event of events) model.hear(event);
  return model.facts;
}

/** The reports of a run that was read whole. */
export function writeReports(facts: RunFacts): Reports {
  const account = accountOf(facts);
  return {
    'report.html': reportHtml(account),
    'junit.xml': junitXml(account),
    'report.json': reportJson(account),
  };
}
