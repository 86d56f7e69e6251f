import { byCodePoint } from '../../lib/code-point-order.ts';
import type { EvidenceFile } from '../../model/event.ts';
import { toFault } from '../../model/fault.ts';
import type { Session } from '../session.ts';
import { saveContainers } from './save-containers.ts';
import { saveDocuments } from './save-documents.ts';

/**
 * Keeps everything that tells what a run was and what became of it, in its directory: once, while its containers still stand, whether or
 * not it passed. Never throws; what cannot be kept is told as a warning.
 */
export async function saveEvidence(session: Session): Promise<void> {
  const { runStore, recorder } = session;
  if (runStore === undefined || session.evidenceSaved) return;
  session.evidenceSaved = true;
  try {
    await session.describing?.end();
    const saved = await Promise.all([saveDocuments(session, runStore), saveContainers(session, runStore)]);
    const files = [...saved.flat(), ...cutFiles(session)].sort((a, b) => byCodePoint(a.path, b.path));
    recorder.emit({ type: 'evidence-saved', files });
  } catch (error) {
    // Each part tells its own failures; a defect of ours must not keep the hosts from being cleaned up.
    recorder.emit({ type: 'warning', message: `the evidence could not be saved: ${toFault(error).message}` });
  }
}

/** The files that grow with the run are listed only where something was left out of them: they are still being written. */
function cutFiles(session: Session): readonly EvidenceFile[] {
  const files = [
    { path: 'events.ndjson', ...session.recorder.kept() },
    { path: 'run.log', ...session.records.kept() },
  ];
  return files.filter(({ cut }) => cut > 0);
}
