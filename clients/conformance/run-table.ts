import { buildPeer } from './build-peer.ts';
import { plainScript, REFERENCE_PEERS } from './reference-peers.ts';
import { runSuite, type SuiteOptions } from './suite.ts';
import type { Column } from './table.ts';

/** Builds and checks each reference peer and the plain script, one after the other. `told` hears of each before it is begun. */
export async function runTable(
  options: Omit<SuiteOptions, 'command'>,
  told: (title: string) => void,
): Promise<readonly Column[]> {
  await using script = await plainScript();
  const columns: Column[] = [];
  for (const peer of [...REFERENCE_PEERS, script]) {
    told(peer.title);
    await buildPeer(peer);
    columns.push({ title: peer.title, report: await runSuite({ ...options, command: peer.command }) });
  }
  return columns;
}
