import { closest } from '../lib/suggest.ts';
import type { PeerIndex } from './peer-index.ts';
import { shown } from './wording.ts';

const MAX_KNOWN = 8;

/** Says that nobody is meant by a name, a glob or a tag, and who may have been. `guess`: look for what is spelt nearly so. */
export function unknownPeer(
  selector: string,
  where: string,
  peers: PeerIndex,
  guess: boolean,
): { readonly message: string; readonly suggestion: string } {
  if (selector.startsWith('tag:')) {
    const known = peers.tags.map((tag) => `tag:${tag}`);
    const message = `no peer has the tag ${shown(selector.slice('tag:'.length))} in its \`runs_on\``;
    return { message, suggestion: meant(selector, known, guess) ?? thereAre(known, 'no peer asks for a tag') };
  }
  const known = thereAre([...peers.names], 'there are no peers');
  if (!selector.includes('*')) {
    const message = `unknown peer ${shown(selector)} in ${where}`;
    return { message, suggestion: meant(selector, peers.names, guess) ?? known };
  }
  const message = `no peer has a name like ${shown(selector)}, which stands in ${where}`;
  const families = new Set([...peers.names].flatMap((name) => /^(.*?)[0-9]+$/.exec(name)?.[1] ?? []));
  const globs = [...families].map((beginning) => `${beginning}*`);
  return { message, suggestion: meant(selector, globs, guess) ?? known };
}

function meant(selector: string, known: Iterable<string>, guess: boolean): string | undefined {
  const near = guess ? closest(selector, known) : undefined;
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function thereAre(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  return `there are ${names.slice(0, MAX_KNOWN).join(', ')}${names.length > MAX_KNOWN ? ', …' : ''}`;
}
