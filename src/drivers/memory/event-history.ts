import type { TestName } from '../../model/names.ts';
import type { MemoryRedisServer } from './redis-memory.ts';

/** Appends journal lines to a test's history; one that begins another run is where watchers begin. */
export function appendEvents(server: MemoryRedisServer, test: TestName, lines: readonly string[]): void {
  const history = server.events.get(test) ?? { lines: [], start: 0, run: undefined };
  server.events.set(test, history);
  for (const line of lines) {
    const started = runStarted(line);
    if (started !== undefined && !(started.resumed && started.run === history.run)) {
      history.start = history.lines.length;
      history.run = started.run;
    }
    history.lines.push(line);
  }
}

/** The run that a journal line begins, if it begins one. */
function runStarted(line: string): { readonly run: string; readonly resumed: boolean } | undefined {
  if (!line.includes('"run-started"')) return undefined;
  const event = JSON.parse(line) as { type?: unknown; run?: unknown; resumed?: unknown };
  if (event.type !== 'run-started') return undefined;
  return { run: String(event.run), resumed: event.resumed === true };
}
