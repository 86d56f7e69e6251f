import { type PeerName, peerNameFault, type RunId, type TestName } from '../../model/names.ts';
import type { Observed } from '../../model/observed.ts';
import type { Plan } from '../../model/plan.ts';
import type { Session } from '../session.ts';
import { fewAtOnce } from './few-at-once.ts';
import { orWarn } from './or-warn.ts';
import { filesOfContainer, type PeerContainer, saveContainer } from './save-container.ts';

type FormerContainer = PeerContainer & { readonly labels: { readonly test: TestName; readonly run: RunId } };

/**
 * Keeps what a plan is about to remove and what earlier runs made, whose tm was killed before it could: in the directory of the run that
 * the labels name, where that is kept here, and only what is missing there. Never throws; what cannot be had is a warning.
 */
export async function saveFormerRuns(session: Session, plan: Plan, observed: Observed): Promise<void> {
  const former = formerContainers(session, plan, observed);
  const hosts = new Set(former.map(({ host }) => host));
  await Promise.all(
    [...hosts].map((host) =>
      fewAtOnce(
        former.filter((one) => one.host === host),
        (one) => saveMissing(session, one),
      ),
    ),
  );
}

/** What the plan removes of other runs than this one, which keeps its own. */
function formerContainers({ run, fleet }: Session, { steps }: Plan, { hosts }: Observed): readonly FormerContainer[] {
  const seen = new Map(hosts.flatMap((host) => (host.kind === 'reachable' ? [[host.host, host.containers]] : [])));
  return steps.flatMap(({ action }) => {
    if (action.kind !== 'peer.remove') return [];
    const host = fleet.hosts.get(action.on);
    const labels = seen.get(action.on)?.find(({ id }) => id === action.id)?.labels;
    const peer = labels?.peer;
    if (host === undefined || labels === undefined || labels.run === run || !isNameOfFile(peer)) return [];
    return [{ host, peer, id: action.id, labels }];
  });
}

/** Anybody may have written a label; what tm wrote is the name of a peer. */
const isNameOfFile = (peer: PeerName | undefined): peer is PeerName =>
  peer !== undefined && peerNameFault(peer) === undefined;

async function saveMissing(session: Session, container: FormerContainer): Promise<void> {
  const { test, run } = container.labels;
  const whose = ` of the run ${run}`;
  await orWarn(session, `what ${container.peer}${whose} left could not be saved`, async () => {
    const store = await session.world.stores.open(test).keptRun(run);
    if (store === undefined) return undefined;
    const names = Object.values(filesOfContainer(container.peer));
    const there = await Promise.all(names.map(async (name) => ((await store.has(name)) ? [name] : [])));
    await saveContainer(session, container, { store, except: new Set(there.flat()), whose });
    return undefined;
  });
}
