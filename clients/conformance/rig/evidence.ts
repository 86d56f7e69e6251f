import type { Peer } from './peer.ts';

/** What one process of a check that failed did, for a person. */
export interface Evidence {
  /** How it ended, or that it runs. */
  readonly state: string;
  /** What it wrote to stdout and stderr. */
  readonly output: string;
  /** What it sent to Redis, a line each, with the milliseconds since the first. */
  readonly traffic: readonly string[];
}

const MOST_LINES = 200;
const LONGEST_LINE = 200;

/** The last that is known about a peer. */
export function evidenceOf(peer: Peer): Evidence {
  const { requests } = peer.proxy;
  const began = requests[0]?.sentMs ?? 0;
  const traffic = requests.slice(-MOST_LINES).map(({ link, sentMs, words, reply }) => {
    // What follows AUTH and HELLO … AUTH is secret.
    const shown = /^(AUTH|HELLO)$/i.test(words[0] ?? '') ? [words[0], '…'] : words;
    const answer = reply === undefined ? 'no answer' : reply instanceof Error ? reply.message : JSON.stringify(reply);
    const line = `${(sentMs - began).toFixed(0).padStart(7)} ms  #${link}  ${shown.map((word) => JSON.stringify(word)).join(' ')}`;
    return `${shorten(line)} → ${shorten(answer)}`;
  });
  return { state: peer.process.state, output: peer.process.output, traffic };
}

const shorten = (text: string): string => (text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)}…`);
