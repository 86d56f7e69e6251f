/**
 * What a whole test costs beyond its timeline: wall time of `tm apply` minus the timeline's length, beside the floor, which is the same
 * containers created, started and removed over the hosts' own sockets, ten at a time, in the same run. Images are already there.
 *
 *     npx tsx bench/overhead.ts [peers…]        default: 5 40
 */
import { everythingOurs, hostsYaml, startBench } from '../test/e2e/harness.ts';
import { engineRequest } from '../test/testbed/engine-api.ts';

const ROUNDS = 3;
const TIMELINE_SECONDS = 5;
const counts = process.argv
  .slice(2)
  .map(Number)
  .filter((count) => count > 0);

await using bench = await startBench(2);
const { bed } = bench;
const rows: string[] = [];
for (const count of counts.length > 0 ? counts : [5, 40]) {
  const config = await bench.config(`peers-${count}.yaml`, yamlOf(count));
  // The first run brings the image to the hosts.
  const warm = await bench.tm('apply', config);
  if (warm.code !== 0) throw new Error(`the test itself fails:\n${warm.stdout}${warm.stderr}`);
  const overheads: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await floor(count));
    const { code, ms, stdout, stderr } = await bench.tm('apply', config);
    if (code !== 0) throw new Error(`exit ${code}:\n${stdout}${stderr}`);
    overheads.push(ms - TIMELINE_SECONDS * 1000);
    const left = await everythingOurs(bed);
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }
  const [overhead, ground] = [median(overheads), median(floors)];
  rows.push(
    `${String(count).padStart(5)}  ${seconds(overhead)}  ${seconds(ground)}  ${(overhead / ground).toFixed(2).padStart(10)}`,
  );
}
console.log('peers  overhead     floor  times floor   (medians of 3, seconds)');
console.log(rows.join('\n'));

function yamlOf(count: number): string {
  const peers = Array.from({ length: count }, (_, index) => `peer-${String(index + 1).padStart(2, '0')}`);
  return `
name: overhead-${count}
redis: { port: 7431, image: ${bed.images.redis} }
hosts:
${hostsYaml(bed)}
peers:
${peers.map((peer) => `  - { name: ${peer}, image: ${bed.images.plainPeer} }`).join('\n')}
commands:
${peers.map((peer) => `  - { time: 0, peer: ${peer}, command: connect }`).join('\n')}
  - { time: ${TIMELINE_SECONDS}, peer: ${peers[0]}, command: "say|the end" }
`;
}

/** Create, start and remove as many containers of the same image, spread over the hosts in the same way. */
async function floor(count: number): Promise<number> {
  const began = performance.now();
  await Promise.all(
    bed.hosts.map((host, index) => {
      const names = Array.from({ length: count }, (_, number) => number)
        .filter((number) => number % bed.hosts.length === index)
        .map((number) => `floor-${number}`);
      return inTens(names, (name) => cycle(host.dockerSocket, name));
    }),
  );
  return performance.now() - began;
}

async function cycle(socket: string, name: string): Promise<void> {
  await engineRequest(socket, `/containers/create?name=${name}`, {
    method: 'POST',
    body: { Image: bed.images.plainPeer, Entrypoint: ['sleep', '60'] },
  });
  await engineRequest(socket, `/containers/${name}/start`, { method: 'POST' });
  await engineRequest(socket, `/containers/${name}?force=1`, { method: 'DELETE' });
}

async function inTens<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 10 }, worker));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2).padStart(8);
}
