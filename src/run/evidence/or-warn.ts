import type { EvidenceFile } from '../../model/event.ts';
import type { Session } from '../session.ts';

/** The file that `save` writes, as a list; none, and a warning that begins with `failure`, where it cannot. */
export async function orWarn(
  { recorder }: Pick<Session, 'recorder'>,
  failure: string,
  save: () => Promise<EvidenceFile | undefined>,
): Promise<readonly EvidenceFile[]> {
  try {
    const file = await save();
    return file === undefined ? [] : [file];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    recorder.emit({ type: 'warning', message: `${failure}: ${why}` });
    return [];
  }
}
