/**
 * The floor: the same commands with a Redis client and nothing else. It remembers nothing, keeps no order between logs and statuses but by
 * its single connection, has no limit on what it holds, and ends when Redis does.
 */
import { Redis } from 'ioredis';

const { REDIS_URL: url = '', PEER_NAME: name = '' } = process.env;
const BATCH = 1_000;
const commands = new Redis(url);
const reports = new Redis(url);

const status = (word: string) =>
  reports
    .multi()
    .xadd(`${name}_statuses`, 'MAXLEN', '~', 1_000, '*', 'status', word)
    .set(`${name}_status`, word)
    .exec();

await status('started');
for (;;) {
  const [, command = ''] = (await commands.blpop(`${name}_command`, 0)) ?? [];
  const [word, ...fields] = command.split('|');
  if (word === 'status') await Promise.all(fields.map(status));
  if (word === 'log') await writeLines(fields);
  if (word === 'shutdown') break;
}
await status('stopped');
process.exit(0);

async function writeLines([level = '', count = '', text = '']: readonly string[]): Promise<void> {
  const began = performance.now();
  const lines = Array.from({ length: Number(count) }, (_, index) => `${level}|${text} ${index + 1}`);
  lines.push(`info|logged ${count} lines in ${Math.round(performance.now() - began)} ms`);
  const batches = Array.from({ length: Math.ceil(lines.length / BATCH) }, (_, index) =>
    lines.slice(index * BATCH, (index + 1) * BATCH),
  );
  await Promise.all(batches.map((batch) => reports.lpush(`${name}_log`, ...batch)));
}
