import type { RunId, TestName } from '../../model/names.ts';
import { fileNameOf } from '../../model/names.ts';
import type { Archive, ArchivedRun } from '../../ports/archive.ts';
import type { Clock } from '../../ports/clock.ts';
import { chooseRun } from '../store/choose-run.ts';
import { byAge } from '../store/run-order.ts';
import type { MemoryDisk, MemoryRun } from './store-disk.ts';

const LOOK_EVERY = 100;

/** The runs that are kept on a disk in memory. A path is `/.tm/<test>/runs/<run>`. */
export function createMemoryArchive(disk: MemoryDisk, clock: Clock): Archive {
  const all = (): readonly (ArchivedRun & { readonly files: MemoryRun })[] =>
    [...disk.tests].flatMap(([test, { runs }]) =>
      [...runs].map(([run, files]) => ({ run, path: pathOf(test, run), files })),
    );
  const filesOf = (run: ArchivedRun): MemoryRun => {
    const found = all().find(({ path }) => path === run.path);
    if (found === undefined) throw new Error(`nothing is at ${run.path}`);
    return found.files;
  };
  const runs = async (): Promise<readonly ArchivedRun[]> =>
    all()
      .map(({ run, path }) => ({ run, path }))
      .sort(byAge);
  return {
    runs,
    find: async (name) => {
      const known = await runs();
      return (
        known.find(({ path }) => name === path || name === `${path}/events.ndjson`) ?? chooseRun(known, name, '.tm')
      );
    },
    journal: async function* (run, { follow } = {}) {
      const { journal } = filesOf(run);
      for (let at = 0; follow?.aborted !== true; ) {
        const line = journal[at];
        if (line !== undefined) {
          at += 1;
          yield line;
        } else if (follow === undefined) return;
        else await clock.sleepUntil(clock.now() + LOOK_EVERY, follow).catch(() => undefined);
      }
    },
    tail: async (run, bytes) => {
      const lines: string[] = [];
      let left = bytes;
      for (const line of filesOf(run).journal.toReversed()) {
        left -= Buffer.byteLength(line) + 1;
        if (left < 0) break;
        lines.unshift(line);
      }
      return lines;
    },
    containerLog: async function* (run, peer) {
      const text = filesOf(run).containers.get(peer);
      if (text !== undefined) yield text;
    },
    write: async (run, name, content) => {
      filesOf(run).files.set(name, content);
      return `${run.path}/${name}`;
    },
  };
}

const pathOf = (test: TestName, run: RunId): string => `/.tm/${fileNameOf(test)}/runs/${run}`;
