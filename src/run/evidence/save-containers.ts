import type { EvidenceFile } from '../../model/event.ts';
import type { Host } from '../../ports/host.ts';
import type { RunStore } from '../../ports/store.ts';
import type { Session } from '../session.ts';
import { fewAtOnce } from './few-at-once.ts';
import { type PeerContainer, saveContainer } from './save-container.ts';

/** What is read is bounded by its driver; a run that was stopped wants its evidence all the more. */
const NEVER = new AbortController().signal;

/** Keeps of each container of this run what it wrote and what its engine says of it, without secrets. What cannot be had is a warning. */
export async function saveContainers(session: Session, store: RunStore): Promise<readonly EvidenceFile[]> {
  const saved = await Promise.all(
    session.fleet.engines().map(async (host) => {
      const containers = await containersOf(session, host);
      return fewAtOnce(containers, (container) => saveContainer(session, container, { store }));
    }),
  );
  return saved.flat(2);
}

async function containersOf(session: Session, host: Host): Promise<readonly PeerContainer[]> {
  const { spec } = session.request.desired;
  const containers = await host.containers.list(NEVER).catch(() => []);
  return containers.flatMap(({ id, labels }) =>
    labels?.peer !== undefined && labels.run === session.run && labels.test === spec.test
      ? [{ host, id, peer: labels.peer }]
      : [],
  );
}
