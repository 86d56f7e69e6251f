import type { TmEvent } from '../../src/model/event.ts';
import { TmError } from '../../src/model/fault.ts';
import type { Archive, ArchivedRun } from '../../src/ports/archive.ts';

/** An archive of runs in memory, newest last as given. `reads` counts the lines of journals that were read from their beginning. */
export interface MemoryArchive extends Archive {
  readonly reads: { lines: number };
}

export function memoryArchive(journals: Readonly<Record<string, readonly string[]>>): MemoryArchive {
  const reads = { lines: 0 };
  const archived = (run: string): ArchivedRun => ({ run, path: `/somewhere/.tm/test/runs/${run}` });
  const linesOf = ({ run }: ArchivedRun): readonly string[] => {
    const lines = journals[run];
    if (lines === undefined) throw new TmError({ kind: 'failed', message: `cannot read ${run}` });
    return lines;
  };
  return {
    reads,
    runs: async () => Object.keys(journals).reverse().map(archived),
    find: async (name) => archived(name ?? Object.keys(journals).at(-1) ?? ''),
    async *journal(run) {
      for (const line of linesOf(run)) {
        reads.lines += 1;
        yield line;
      }
    },
    tail: async (run, bytes) => {
      const lines = linesOf(run);
      let room = bytes;
      const first = lines.findLastIndex((line) => {
        room -= line.length + 1;
        return room < 0;
      });
      return lines.slice(first + 1);
    },
    async *containerLog() {
      // None is kept.
    },
    write: async ({ path }, name) => `${path}/${name}`,
  };
}

/** Events as a journal has them. */
export const journalOf = (events: readonly TmEvent[]): readonly string[] =>
  events.map((event) => JSON.stringify(event));
