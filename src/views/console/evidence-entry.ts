import { formatBytes } from '../../lib/format-bytes.ts';
import { countOf } from '../count-of.ts';
import { aside, caution, type Entry, TM } from './entry.ts';
import type { EventOf } from './story.ts';

const MOST_CUT = 3;

/** What was kept beside the journal: a word when asked for, and a warning where something is not whole. */
export function evidenceEntry({ files }: EventOf<'evidence-saved'>, verbose: boolean): readonly Entry[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const kept = verbose ? [aside(`kept ${countOf(files.length, 'file')}, ${formatBytes(bytes)}`)] : [];
  const cut = files.filter((file) => file.cut > 0);
  if (cut.length === 0) return kept;
  const lines = cut
    .slice(0, verbose ? cut.length : MOST_CUT)
    .map((file) => `${file.path}: ${formatBytes(file.bytes)} kept, ${formatBytes(file.cut)} left out`);
  const more = cut.length - lines.length;
  const below = more === 0 ? lines : [...lines, `and ${countOf(more, 'more file')}`];
  return [...kept, { ...caution(TM, `${countOf(cut.length, 'file')} too large to be kept whole`), below }];
}
