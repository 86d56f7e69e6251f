/**
 * Plays peers for bench/bus.ts in a process of its own: `statuses` or `logs`, so many peers, events a second in all, milliseconds.
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
    if (what === 'statuses') pipeline.set(`p${peer}_status`, `at|${now()}`);
    else pipeline.lpush(`p${peer}_log`, `info|${now()} a line of an ordinary length, as programs write them`);
  }
  await pipeline.exec();
  await sleep(2);
}
process.stdout.write(`${written}\n`);
redis.disconnect();
