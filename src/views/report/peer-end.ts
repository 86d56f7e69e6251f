import type { PeerFacts } from '../run-model/run-facts.ts';

/** How a peer ended, or that it did not: `died with 137 (out of memory)`, `ended with 0`, `never reported`. */
export function endOf({ life, died, exited }: PeerFacts): string {
  switch (life) {
    case 'died': {
      const code = died?.exitCode === undefined ? '' : ` with ${died.exitCode}`;
      return `died${code}${died?.oomKilled === true ? ' (out of memory)' : ''}`;
    }
    case 'ended':
      return exited?.exitCode === undefined ? 'ended' : `ended with ${exited.exitCode}`;
    case 'waiting':
      return 'reported nothing';
    case 'alive':
      return 'was not seen to end';
  }
}
