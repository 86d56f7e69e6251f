import type { TmEvent } from '../../model/event.ts';

/** What the peer said of whom an event tells: its log line or status; empty for other events. */
export function saidIn(event: TmEvent): string {
  if (event.type === 'log') return event.message;
  return event.type === 'peer-status' ? event.status : '';
}
