/**
 * How soon the death of a peer is told: from `kill -9` of its process on an SSH host to tm's own event, beside the engine's event as it is
 * heard on the host's own socket (the floor), in the same run.
 *
 *     npx tsx bench/notice.ts
 */
import { request } from 'node:http';
import type { TmEvent } from '../src/model/event.ts';
import { hostsYaml, startBench } from '../test/e2e/harness.ts';
import { engineRequest } from '../test/testbed/engine-api.ts';

const PEERS = 10;

await using bench = await startBench(2);
const names = Array.from({ length: PEERS }, (_, index) => `peer-${index}`);
const config = await bench.config(
  'notice.yaml',
  `
name: notice
redis: { port: 7432, image: ${bench.bed.images.redis} }
hosts:
${hostsYaml(bench.bed)}
peers:
${names.map((name) => `  - { name: ${name}, image: ${bench.bed.images.plainPeer} }`).join('\n')}
commands:
  - { time: 600, peer: peer-0, command: connect }
`,
);
const heard = new Map<string, number>();
const listeners = bench.bed.hosts.map(({ dockerSocket }) => listen(dockerSocket));
const run = bench.start('apply', config, '--json');
await run.saw(/"timeline-started"/);
const killed = new Map<string, number>();
for (const [index, name] of names.entries()) {
  const host = bench.bed.hosts[index % bench.bed.hosts.length];
  if (host === undefined) throw new Error('no host');
  const inspected = JSON.parse(await engineRequest(host.dockerSocket, `/containers/tm-${name}/json`)) as {
    readonly State: { readonly Pid: number };
  };
  killed.set(name, Date.now());
  await host.run('kill', ['-9', String(inspected.State.Pid)]);
  await run.saw(new RegExp(`"peer-died"[^\\n]*"peer":"${name}"`));
}
await run.done;
for (const end of listeners) end();
const events = run
  .stdout()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as TmEvent);
const rows = events.flatMap((event) => {
  if (event.type !== 'peer-died') return [];
  const at = killed.get(event.peer) ?? 0;
  return [{ tm: Date.parse(event.time) - at, floor: (heard.get(event.peer) ?? 0) - at }];
});
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const tm = median(rows.map((row) => row.tm));
const floor = median(rows.map((row) => row.floor));
console.log(`deaths told: ${rows.length} of ${PEERS}`);
console.log(`from kill -9 to tm's event    ${tm} ms median, ${Math.max(...rows.map((row) => row.tm))} ms at most`);
console.log(`to the engine's own event     ${floor} ms median`);
console.log(`ratio                         ${(tm / floor).toFixed(2)}`);

/** Notes when an engine tells of an end; gives a function that stops it. */
function listen(socketPath: string): () => void {
  const filters = encodeURIComponent(JSON.stringify({ event: ['die'] }));
  const call = request({ socketPath, path: `/events?filters=${filters}` }, (response) => {
    response.setEncoding('utf8');
    response.on('error', () => undefined);
    response.on('data', (text: string) => {
      for (const [, name] of text.matchAll(/"name":"tm-([^"]+)"/g)) if (name !== undefined) heard.set(name, Date.now());
    });
  });
  call.on('error', () => undefined);
  call.end();
  return () => call.destroy();
}
