import { parseStatus } from '../../../model/wire.ts';
import type { Tone } from '../../palette.ts';
import type { PeerFacts } from '../../run-model/run-facts.ts';
import { silentSince } from '../../run-model/silent-since.ts';

/** How a peer stands, in a word, a colour, and a sign that says the same without it. */
export interface PeerState {
  readonly word: string;
  /** Where there is little room; missing: its first letters. */
  readonly brief?: string;
  readonly tone: Tone;
  readonly sign: { readonly unicode: string; readonly ascii: string };
}

type Looks = Pick<PeerState, 'tone' | 'sign'>;

const KNOWN: Readonly<Record<string, Looks>> = {
  started: { tone: 'plain', sign: { unicode: '○', ascii: 'o' } },
  connecting: { tone: 'caution', sign: { unicode: '◌', ascii: 'c' } },
  connected: { tone: 'good', sign: { unicode: '●', ascii: 'C' } },
  disconnecting: { tone: 'caution', sign: { unicode: '◌', ascii: 'd' } },
  disconnected: { tone: 'caution', sign: { unicode: '◍', ascii: 'D' } },
  restarting: { tone: 'caution', sign: { unicode: '↻', ascii: '@' } },
  stopped: { tone: 'quiet', sign: { unicode: '■', ascii: '#' } },
};
const WAITING: Looks = { tone: 'quiet', sign: { unicode: '·', ascii: '.' } };
const DIED: Looks = { tone: 'bad', sign: { unicode: '✖', ascii: 'x' } };
/** Not heard lately: what it last reported may be so no longer. */
const SILENT: Looks = { tone: 'caution', sign: { unicode: '⚠', ascii: '!' } };
/** A word of the peers' own. */
const OWN: Looks = { tone: 'sent', sign: { unicode: '◆', ascii: '*' } };

/** How a peer stands: by its end, if it has come to one, else by its last status, which is marked while the peer is silent. */
export function peerState(peer: PeerFacts): PeerState {
  const { life, died, statuses } = peer;
  if (life === 'died') {
    if (died?.oomKilled) return { word: 'out of memory', brief: 'oom', ...DIED };
    const code = died?.exitCode;
    return code === undefined ? { word: 'died', ...DIED } : { word: `exit ${code}`, brief: `${code}`, ...DIED };
  }
  const last = statuses.at(-1);
  if (last === undefined) return { word: 'waiting', ...WAITING };
  const { word } = parseStatus(last.status);
  if (life === 'ended') return { word: 'stopped', ...(KNOWN['stopped'] ?? OWN) };
  if (silentSince(peer) !== undefined) return { word, ...SILENT };
  return { word, ...(Object.hasOwn(KNOWN, word) ? (KNOWN[word] ?? OWN) : OWN) };
}
