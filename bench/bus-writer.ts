/**
 * Plays peers for bench/bus.ts in a process of its own: so many peers, events a second in all, milliseconds. `logs` and `statuses` are what
 * they say; `flips` are two statuses back to back, and `streamed` ones are appended to the peers' streams, too.
 * Every event carries the time at which it was written, so that a reader on the same machine can tell its delay.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const [url = '', what = '', peers = '', rate = '', ms = ''] = process.argv.slice(2);
const redis = new Redis(url);
const now = () => performance.timeOrigin + performance.now();
const begun = now();
let written = 0;
let peer = 0;
while (now() - begun < Number(ms)) {
  const due = ((now() - begun) / 1000) * Number(rate);
  const pipeline = redis.pipeline();
  for (; written < due; written++) {
    peer = (peer + 1) % Number(peers);
    const status = () => ['set', `p${peer}_status`, `at|${now()}`] as const;
    if (what === 'statuses') {
      pipeline.call(...status());
    } else if (what === 'flips') {
      for (let i = 0; i < 2; i++) pipeline.call(...status());
    } else if (what === 'streamed') {
      for (let i = 0; i < 2; i++) {
        const [set, key, value] = status();
        pipeline.call('multi');
        pipeline.call('xadd', `${key}es`, 'MAXLEN', '~', '1000', '*', 'status', value, 'at', String(now()));
        pipeline.call(set, key, value);
        pipeline.call('exec');
      }
    } else pipeline.lpush(`p${peer}_log`, `info|${now()} a line of an ordinary length, as programs write them`);
  }
  await pipeline.exec();
  await sleep(2);
}
process.stdout.write(`${written}\n`);
redis.disconnect();
