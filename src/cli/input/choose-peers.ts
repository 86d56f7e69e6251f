import { closest } from '../../lib/suggest.ts';
import { TmError } from '../../model/fault.ts';
import type { PeerName } from '../../model/names.ts';

/** The peers of a run that words mean: names, or patterns with `*` and `?`. No words mean all. Throws `usage` for a word that means none. */
export function choosePeers(words: readonly string[], peers: readonly PeerName[]): ReadonlySet<PeerName> {
  if (words.length === 0) return new Set(peers);
  return new Set(
    words.flatMap((word) => {
      const matches = matcher(word);
      const meant = peers.filter(matches);
      if (meant.length > 0) return meant;
      const near = closest(word, peers);
      const few = peers.length <= 8 ? `its peers are ${peers.join(', ')}` : `it has ${peers.length} peers`;
      throw new TmError({
        kind: 'usage',
        message: `no peer of this run is called "${word}"`,
        hint: near === undefined ? few : `did you mean ${near}?`,
      });
    }),
  );
}

/** Whether a word is a pattern, which may mean several. */
export const isPattern = (word: string): boolean => /[*?]/.test(word);

function matcher(word: string): (peer: PeerName) => boolean {
  if (!isPattern(word)) return (peer) => peer === word;
  const source = word
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`);
  return (peer) => pattern.test(peer);
}
