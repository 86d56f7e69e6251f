import type { EventBody, TmEvent } from '../../model/event.ts';

const KNOWN: ReadonlySet<string> = new Set(
  Object.keys({
    'run-started': true,
    'test-described': true,
    phase: true,
    warning: true,
    planned: true,
    'step-started': true,
    'step-progress': true,
    'step-finished': true,
    'step-failed': true,
    'step-skipped': true,
    'host-described': true,
    'bus-ready': true,
    'bus-lost': true,
    'bus-restored': true,
    'peer-status': true,
    log: true,
    'message-sent': true,
    'timeline-started': true,
    'command-sent': true,
    'command-waiting': true,
    'command-taken': true,
    'command-skipped': true,
    'timeline-ended': true,
    'peer-died': true,
    'peer-exited': true,
    'peer-restarting': true,
    'peer-silent': true,
    'peer-heard': true,
    'host-lost': true,
    'expectation-decided': true,
    'expectation-late': true,
    'rule-decided': true,
    'evidence-saved': true,
    'hand-refused': true,
    'stop-requested': true,
    verdict: true,
    'run-ended': true,
  } satisfies Record<EventBody['type'], true>),
);

/**
 * An event from a line of a journal or of the watch stream; undefined for what this version does not know (a line cut
 * short by a crash, an event of a newer tm). Members are trusted: the line was written by tm.
 */
export function parseEvent(line: string): TmEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== 'object' || !('type' in value) || typeof value.type !== 'string') {
    return undefined;
  }
  return KNOWN.has(value.type) ? (value as TmEvent) : undefined;
}
