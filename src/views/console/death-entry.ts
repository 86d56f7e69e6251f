import { shortTime } from '../short-time.ts';
import type { Entry } from './entry.ts';
import type { EventOf, Story } from './story.ts';

/** Exit codes above 128 by the signal that they mean, where the name helps. */
const SIGNALS: Readonly<Record<number, string>> = {
  132: 'illegal instruction',
  134: 'aborted',
  135: 'bus error',
  137: 'killed',
  139: 'segmentation fault',
  143: 'terminated',
};

/** A peer's death: how, after which command, and its last words. */
export function deathEntry(event: EventOf<'peer-died'>, story: Story): Entry {
  const told = story.lastTold.get(event.peer);
  const after = told === undefined ? '' : `, ${shortTime(event.atMs - told.atMs)} after "${told.command}"`;
  return {
    who: { kind: 'peer', name: event.peer },
    mark: 'bad',
    tone: 'bad',
    text: `${describeDeath(event)}${after}`,
    below: event.lastLines,
  };
}

/** `exited with 137 (out of memory: 256 MiB)`. */
function describeDeath(event: EventOf<'peer-died'>): string {
  const how = event.exitCode === undefined ? 'is gone (exit code unknown)' : `exited with ${event.exitCode}`;
  const why = cause(event);
  return why === undefined ? how : `${how} (${why})`;
}

function cause(event: EventOf<'peer-died'>): string | undefined {
  if (!event.oomKilled) return event.exitCode === undefined ? undefined : SIGNALS[event.exitCode];
  if (event.memoryBytes === undefined) return 'out of memory';
  // Memory limits are written in powers of two (`256m`), so they are read in them.
  return `out of memory: ${Math.round(event.memoryBytes / 2 ** 20)} MiB`;
}
