import { mapStrings } from '../../lib/map-strings.ts';
import { redactVariable } from '../../lib/redact.ts';
import type { EvidenceFile } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { Host } from '../../ports/host.ts';
import type { RunStore } from '../../ports/store.ts';
import type { Session } from '../session.ts';
import { LIMITS } from './limits.ts';
import { orWarn } from './or-warn.ts';

/** A peer's container or process, and where it is. */
export interface PeerContainer {
  readonly host: Host;
  readonly peer: PeerName;
  readonly id: string;
}

/** Where what is kept of it goes. */
interface Target {
  readonly store: Pick<RunStore, 'containerLog' | 'write'>;
  /** Names of files that are not to be written. */
  readonly except?: ReadonlySet<string>;
  /** Behind the peer's name in a warning: ` of the run …`. */
  readonly whose?: string;
}

/** What is read is bounded by its driver; a run that was stopped wants its evidence all the more. */
const NEVER = new AbortController().signal;

/** The files that are kept of a peer's container. */
export const filesOfContainer = (peer: PeerName) =>
  ({ log: `containers/${peer}.log`, inspection: `containers/${peer}.json` }) as const;

/** Keeps of a container what it wrote and what its engine says of it, without secrets. What cannot be had is a warning. */
export async function saveContainer(
  session: Session,
  { host: { containers }, peer, id }: PeerContainer,
  { store, except = new Set(), whose = '' }: Target,
): Promise<readonly EvidenceFile[]> {
  const { redactor } = session;
  const files = filesOfContainer(peer);
  const log = await orWarn(session, `the output of ${peer}${whose} could not be saved`, async () =>
    except.has(files.log)
      ? undefined
      : store.containerLog(peer, redactor.stream(containers.output(id, {}, NEVER)), LIMITS.containerLog),
  );
  const inspection = await orWarn(session, `what the engine says of ${peer}${whose} could not be saved`, async () => {
    const found = except.has(files.inspection) ? undefined : await containers.inspect(id, NEVER);
    if (found === undefined) return undefined;
    const shown = redactor.value(mapStrings(found, redactVariable));
    return store.write(files.inspection, `${JSON.stringify(shown, undefined, 2)}\n`);
  });
  return [...log, ...inspection];
}
