/** Runs a peer for each script in its arguments, says their ids and what it sees, and stays or leaves; see later-tm.test.ts. */
import { createProcesses } from '../../../src/drivers/process/processes.ts';
import { createSystemClock } from '../../../src/drivers/system-clock.ts';
import { hostName, peerName, runId, testName } from '../../../src/model/names.ts';

/** The line that it writes. */
export interface Report {
  readonly ids: readonly string[];
  /** Names of the run's processes that it sees on this machine. */
  readonly listed: readonly string[];
}

const [directory = '', root = '', mode = '', run = '', ...scripts] = process.argv.slice(2);

async function main(): Promise<void> {
  const { signal } = new AbortController();
  const clock = createSystemClock();
  const processes = createProcesses({ host: hostName('h1'), root, clock, environment: process.env });
  const ids: string[] = [];
  for (const [index, script] of scripts.entries()) {
    const peer = peerName(`peer-${index}`);
    const labels = { test: testName('t'), run: runId(run), peer, host: hostName('h1'), spec: 's', redis: 'r' };
    const workload = {
      kind: 'process',
      command: ['sh', '-c', script],
      workingDirectory: directory,
      environment: {},
    } as const;
    ids.push(await processes.run({ name: `tm-${peer}`, peer, labels, workload, port: 1, runEnvironment: {} }, signal));
  }
  const listed = await processes.list(signal);
  const names = listed.filter(({ labels }) => labels?.run === run).map(({ name }) => name);
  process.stdout.write(`${JSON.stringify({ ids, listed: names } satisfies Report)}\n`);
  if (mode === 'stay') await clock.sleepUntil(Number.POSITIVE_INFINITY);
}

main().catch((error: unknown) => {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  process.exitCode = 1;
});
