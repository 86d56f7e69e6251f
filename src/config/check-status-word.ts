import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import { parseStatus } from '../model/wire.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { warning } from './faults.ts';
import { readPattern } from './read-pattern.ts';
import type { TestConfig } from './test-config.generated.ts';
import { shown } from './wording.ts';
import { writtenDemands } from './written-demands.ts';

/** The words that peers commonly report, the likelier ones first; a peer may have others of its own. */
const WORDS = ['connected', 'disconnected', 'started', 'stopped', 'restarting', 'connecting', 'disconnecting'] as const;

/** Warns of a status that is nearly one of the common words: it would be waited for in vain, or never be seen to be wrong. */
export function* checkStatusWords(draft: Draft<TestConfig>, { locate }: Context): Generator<ConfigFault> {
  for (const { expect, path } of writtenDemands(draft)) {
    const pattern = expect.status === undefined ? undefined : readPattern(expect.status);
    if (pattern?.kind !== 'text') continue;
    const { word } = parseStatus(pattern.text);
    const meant = misspelt(word);
    if (meant === undefined) continue;
    const message = `no peer is known to report ${shown(word)}`;
    yield warning(locate([...path, 'status']), 'odd-status', message, `did you mean "${meant}"?`);
  }
}

/** A word with a slip in it, or cut short; words that only look alike, such as `starting`, are taken to be meant. */
function misspelt(word: string): string | undefined {
  if ((WORDS as readonly string[]).includes(word)) return undefined;
  const meant = closest(word, WORDS);
  if (meant === undefined) return undefined;
  const cut = word.length >= 4 && meant.startsWith(word.toLowerCase());
  return cut || Math.abs(word.length - meant.length) <= 1 ? meant : undefined;
}
