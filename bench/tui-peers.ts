/**
 * Plays all peers of bench/tui.ts in one process: it reports for them, takes their commands, and writes so many log lines a second for them. To be run by
 * `tm` as one of them: `bench/tui-peers.ts <lines a second> <peer…>`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { commandKey, logKey, SHUTDOWN_COMMAND, statusKey } from '../src/model/wire.ts';

const [rate = '0', ...peers] = process.argv.slice(2);
const url = process.env['REDIS_URL'] ?? '';
const [redis, taking] = [new Redis(url), new Redis(url)];
const left = new Set(peers);
const report = (peer: string, status: string) => redis.set(statusKey(peer), status);

await Promise.all(peers.map((peer, i) => report(peer, `started|/ip4/127.0.0.1/udp/${i + 1}/quic-v1`)));
const writing = write();
while (left.size > 0) {
  const [key, command] = (await taking.blpop(...[...left].map(commandKey), 0)) ?? [];
  const peer = peers.find((name) => commandKey(name) === key);
  if (peer === undefined) continue;
  if (command === SHUTDOWN_COMMAND) {
    left.delete(peer);
    await report(peer, 'stopped');
  } else void report(peer, command === 'connect' ? 'connected' : 'disconnected');
}
await writing;
redis.disconnect();
taking.disconnect();

async function write(): Promise<void> {
  const began = performance.now();
  for (let written = 0; left.size === peers.length; ) {
    const due = ((performance.now() - began) / 1000) * Number(rate);
    const pipeline = redis.pipeline();
    for (; written < due; written++)
      pipeline.lpush(
        logKey(peers[written % peers.length] ?? ''),
        `info|line ${written} of an ordinary length, as programs write them`,
      );
    await pipeline.exec();
    await sleep(4);
  }
}
