import { mapStrings } from '../../lib/map-strings.ts';
import { redactVariable } from '../../lib/redact.ts';
import type { EvidenceFile } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { Host } from '../../ports/host.ts';
import type { RunStore } from '../../ports/store.ts';
import type { Session } from '../session.ts';
import { LIMITS } from './limits.ts';
import { orWarn } from './or-warn.ts';

/** Containers of one host that are read at the same time. */
const AT_ONCE = 32;
/** What is read is bounded by its driver; a run that was stopped wants its evidence all the more. */
const NEVER = new AbortController().signal;

interface PeerContainer {
  readonly peer: PeerName;
  readonly id: string;
}

/** Keeps of each container of this run what it wrote and what its engine says of it, without secrets. What cannot be had is a warning. */
export async function saveContainers(session: Session, runStore: RunStore): Promise<readonly EvidenceFile[]> {
  const saved = await Promise.all(
    session.fleet.engines().map(async (host) => {
      const waiting = [...(await containersOf(session, host))];
      const files: EvidenceFile[] = [];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          files.push(...(await saveContainer(session, runStore, host, next)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return files;
    }),
  );
  return saved.flat();
}

async function containersOf(session: Session, host: Host): Promise<readonly PeerContainer[]> {
  const { spec } = session.request.desired;
  const containers = await host.containers.list(NEVER).catch(() => []);
  return containers.flatMap(({ id, labels }) =>
    labels?.peer !== undefined && labels.run === session.run && labels.test === spec.test
      ? [{ id, peer: labels.peer }]
      : [],
  );
}

async function saveContainer(
  session: Session,
  runStore: RunStore,
  { containers }: Host,
  { peer, id }: PeerContainer,
): Promise<readonly EvidenceFile[]> {
  const { redactor } = session;
  const log = await orWarn(session, `the output of ${peer} could not be saved`, () =>
    runStore.containerLog(peer, redactor.stream(containers.output(id, {}, NEVER)), LIMITS.containerLog),
  );
  const inspection = await orWarn(session, `what the engine says of ${peer} could not be saved`, async () => {
    const found = await containers.inspect(id, NEVER);
    if (found === undefined) return undefined;
    const shown = redactor.value(mapStrings(found, redactVariable));
    return runStore.write(`containers/${peer}.json`, `${JSON.stringify(shown, undefined, 2)}\n`);
  });
  return [...log, ...inspection];
}
