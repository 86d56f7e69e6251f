import { fails, holds, must, quote, same } from '../finding.ts';
import { TIMING } from '../requirement.ts';
import type { Peer } from '../rig/peer.ts';
import type { Rig } from '../rig/rig.ts';
import type { Checks } from './check.ts';

/** Takes from the peer the connection on which it reports, and lets it have no other; commands still come. */
async function withoutReports(peer: Peer): Promise<void> {
  await peer.waits();
  peer.proxy.refuse(true);
  const before = peer.proxy.attempts.length;
  for (const link of peer.proxy.others) link.cut();
  await peer.until('an attempt to connect again', () => peer.proxy.attempts.length > before);
}

const WHILE_AWAY = 'its commands done while it cannot report';

/** What a peer says while Redis is away. */
export const OUTAGE_CHECKS = {
  'C-OUTAGE': async (rig: Rig) => {
    const peer = await rig.start();
    await withoutReports(peer);
    await peer.obeyed(
      WHILE_AWAY,
      'log|info|300|before',
      'status|away-1|away-2',
      'log|warn|300|between',
      'status|away-3',
      'log|info|300|after',
    );
    peer.proxy.refuse(false);
    await peer.logged('info|after 300');
    await peer.reported('away-3');
    const numbered = (prefix: string) => Array.from({ length: 300 }, (_, i) => `${prefix} ${i + 1}`);
    const expected = [...numbered('info|before'), ...numbered('warn|between'), ...numbered('info|after')];
    const lines = (await peer.lines()).filter((line) => expected.includes(line));
    const wrong = expected.findIndex((line, i) => lines[i] !== line);
    must(wrong < 0, `${quote(expected[wrong])} as line ${wrong + 1}`, quote(lines[wrong]));
    const statuses = peer.statusTexts.filter((text) => text.startsWith('away-'));
    must(same(statuses, ['away-1', 'away-2', 'away-3']), 'the statuses away-1, away-2, away-3', quote(statuses));
    const place = (text: string) => peer.proxy.requests.findIndex(({ words }) => words.includes(text));
    const order = [
      'info|before 300',
      'away-1',
      'away-2',
      'warn|between 1',
      'warn|between 300',
      'away-3',
      'info|after 1',
    ];
    const places = order.map(place);
    const isOrdered = places.every((at, i) => at >= (places[i - 1] ?? 0));
    return isOrdered ? holds : fails(`this order: ${order.join(', ')}`, `at ${places.join(', ')} of what it sent`);
  },

  'C-LOG-BOUNDED': async (rig: Rig) => {
    const limit = TIMING.logBufferLines;
    const written = limit + 10_000;
    const peer = await rig.start();
    await withoutReports(peer);
    await peer.obeyed(WHILE_AWAY, `log|info|${written}|line`);
    peer.proxy.refuse(false);
    const isGap = (line: string) => /^warn\|\d+ log lines are missing here: the peer's log buffer was full$/.test(line);
    await peer.until(
      `a line that tells how many of ${written} did not fit`,
      async () => (await peer.newestLines()).some(isGap),
      async () => {
        const lines = await peer.lines();
        return `${lines.length} lines, the last one ${quote(lines.at(-1))}`;
      },
    );
    await peer.send('log|info|1|after', 'shutdown');
    await peer.ended('after `shutdown`');
    // What else it had to say counts too: `logged 60000 lines in 80 ms`.
    const lines = (await peer.lines()).filter((line) => !/\|command /.test(line));
    const kept = lines.filter((line) => line.startsWith('info|line ')).length;
    must(kept >= limit - 100 && kept <= limit + TIMING.logBatchLines, `${limit} lines kept`, `${kept}`);
    const inOrder = lines.findIndex(isGap) >= kept && lines.indexOf(`info|line ${kept}`) === lines.findIndex(isGap) - 1;
    must(
      inOrder,
      `the line that tells of the others right behind line ${kept}`,
      quote(lines.slice(kept - 1, kept + 2)),
    );
    const missing = Number(/\d+/.exec(lines.find(isGap) ?? '')?.[0]);
    const told = lines.some((line) => line.startsWith(`info|logged ${written} lines`)) ? 0 : 1;
    return missing === written - kept + told
      ? holds
      : fails(`${written - kept + told} missing lines told`, `${missing}`);
  },
} satisfies Checks;
