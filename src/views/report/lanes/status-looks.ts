/** How a status looks in a lane: by its meaning where tm knows the word, else by the order in which the run first had it. */
import { parseStatus } from '../../../model/wire.ts';
import type { Account } from '../account.ts';

/** A class of the page's style: a colour, and a pattern or a height, so that none is told by its colour alone. */
export type Look = 'ready' | 'up' | 'changing' | 'down' | 'off' | 'own0' | 'own1' | 'own2' | 'own3';

const KNOWN: Readonly<Record<string, Look>> = {
  started: 'ready',
  connecting: 'changing',
  connected: 'up',
  disconnecting: 'changing',
  disconnected: 'down',
  restarting: 'changing',
  stopped: 'off',
};

const OWN: readonly Look[] = ['own0', 'own1', 'own2', 'own3'];

/** The words that a run has, in the order in which it first had them, each with its look. */
export function statusLooks({ peers }: Account): ReadonlyMap<string, Look> {
  const first = new Map<string, number>();
  for (const { statuses } of peers)
    for (const { status, atMs } of statuses) {
      const { word } = parseStatus(status);
      first.set(word, Math.min(atMs, first.get(word) ?? atMs));
    }
  const words = [...first].sort((a, b) => a[1] - b[1]).map(([word]) => word);
  let own = 0;
  return new Map(
    words.map((word) => {
      const known = Object.hasOwn(KNOWN, word) ? KNOWN[word] : undefined;
      return [word, known ?? OWN[own++ % OWN.length] ?? 'own0'];
    }),
  );
}
