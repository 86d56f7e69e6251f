import type { PeerTrack, Sight } from './peer-track.ts';

/** The log lines of a peer around something that was seen of it: three at most, as many as are still held and have come by now. */
export function linesAround({ logs }: PeerTrack, sight: Sight): readonly Sight[] {
  const upTo = logs.countUpTo(sight.at);
  // Lines of a time that is held no longer: what is left tells nothing of it.
  if (logs.count === 0 || (upTo === logs.oldest && logs.oldest > 0)) return [];
  let middle = Math.max(logs.oldest, upTo - 1);
  if (sight.kind === 'log') {
    while (middle > logs.oldest && logs.line(middle).message !== sight.text && logs.line(middle - 1).at === sight.at)
      middle -= 1;
  }
  const last = Math.min(logs.count - 1, middle + 1);
  const first = Math.max(logs.oldest, last - 2);
  const found: Sight[] = [];
  for (let index = first; index <= last; index++) {
    const { message, at } = logs.line(index);
    found.push({ kind: 'log', text: message, at });
  }
  return found;
}
