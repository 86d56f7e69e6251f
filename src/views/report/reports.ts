/** All reports of a run, from its journal and from nothing else: the same journal gives the same bytes, whenever and wherever. */
import type { TmEvent } from '../../model/event.ts';
import type { RunFacts } from '../run-model/run-facts.ts';
import { createRunModel } from '../run-model/run-model.ts';
import { accountOf } from './account.ts';
import { reportHtml } from './html/page.ts';
import { junitXml } from './junit-xml.ts';
import { reportJson } from './report-json.ts';

/** The files by their names. */
export type Reports = Readonly<Record<'report.html' | 'junit.xml' | 'report.json', string>>;

/** Log lines that are held at once, the newest, and of one line so many characters: a journal may be larger than the memory. */
const MOST_LINES = 200_000;
const MOST_LENGTH = 4_000;

/** The last attempt that the events tell of, as far as reports need it. */
export async function readRun(events: AsyncIterable<TmEvent> | Iterable<TmEvent>): Promise<RunFacts> {
  const model = createRunModel({ keepLogs: MOST_LINES });
  for await (const event of events)
    model.hear(event.type === 'log' ? { ...event, message: shortened(event.message) } : event);
  return model.facts;
}

/** Copied, because a mere slice would keep the whole text in memory. */
function shortened(message: string): string {
  const more = message.length - MOST_LENGTH;
  if (more <= 0) return message;
  return `${Buffer.from(message.slice(0, MOST_LENGTH)).toString()}… (${more} more characters)`;
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
