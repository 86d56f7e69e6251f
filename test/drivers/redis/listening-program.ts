/** Listens to the peers named on its command line (by the replication stream if REPLICATE is set), and writes each log line that it is told to a file. Ends only when it is killed. */
import { appendFileSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisBuses } from '../../../src/drivers/redis/redis-bus.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { peerName, testName } from '../../../src/model/names.ts';

const [url = '', file = '', ...peers] = process.argv.slice(2);
const { signal } = new AbortController();
const bus = await redisBuses().connect(new Secret(url), signal);
writeFileSync(file, '');
if (process.env['REPLICATE'] !== undefined && !(await bus.replicate(peers.map(peerName), signal)))
  throw new Error('the replication stream is not to be had');
await bus.listen(
  testName('smoke'),
  peers.map(peerName),
  {
    status: () => undefined,
    taken: () => undefined,
    asked: () => undefined,
    lost: () => undefined,
    restored: () => undefined,
    async logs(lines) {
      appendFileSync(file, lines.map(({ message }) => `${message}\n`).join(''));
      // A kill shall find it here as often as elsewhere.
      await sleep(10);
    },
  },
  signal,
);
writeSync(1, 'ready\n');
