import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lockSlot, slotCount, slotOf } from './slot.ts';
import { sweep } from './sweep.ts';
import { startTestbed, type Testbed } from './testbed.ts';

const usage = `Real Docker hosts on this machine, to try things by hand.

  npx tsx test/testbed/cli.ts up [--hosts 2] [--storage-driver vfs]   starts them, stays in the foreground, Ctrl-C stops
  npx tsx test/testbed/cli.ts down                                    removes what a killed run has left
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hosts: { type: 'string', default: '2' }, 'storage-driver': { type: 'string' } },
});
const hosts = Number(values.hosts);

try {
  if (positionals[0] === 'down') await down();
  else if (positionals[0] === 'up' && Number.isInteger(hosts) && hosts > 0 && hosts < 200) await up();
  else {
    process.stderr.write(usage);
    process.exitCode = 3;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function up(): Promise<void> {
  // Before the start, so that a Ctrl-C during it is kept until there is something to stop; and for good, as tsx and the
  // terminal may both pass the same one on.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const driver = values['storage-driver'];
  const bed = await startTestbed({
    hosts,
    log: (line) => process.stderr.write(`${line}\n`),
    ...(driver === undefined ? {} : { storageDriver: driver }),
  });
  // The testbed's own handles do not keep a program alive.
  const alive = setInterval(() => {}, 60_000);
  try {
    await writeFile(join(bed.dir, 'testbed.json'), `${JSON.stringify(bed, null, 2)}\n`);
    process.stdout.write(howTo(bed));
    await interrupted;
  } finally {
    clearInterval(alive);
    await bed.stop();
  }
}

function howTo(bed: Testbed): string {
  const ssh = `ssh -i ${bed.keyPath} -o UserKnownHostsFile=${bed.knownHostsPath}`;
  return `
export DOCKER_HOST=${bed.control.dockerHost}      # the control machine's engine, at ${bed.control.address}
${bed.hosts.map((host) => `${ssh} ${host.user}@${host.address}      # ${host.name}; its Docker: unix://${host.dockerSocket}`).join('\n')}

images: ${Object.values(bed.images).join(' ')}
all of this as JSON: ${join(bed.dir, 'testbed.json')}
Ctrl-C stops it.
`;
}

async function down(): Promise<void> {
  for (let index = 0; index < slotCount; index++) {
    const slot = slotOf(index);
    if (!existsSync(slot.lockFile)) continue;
    const lock = await lockSlot(slot);
    if (!lock) {
      process.stderr.write(`${slot.dir} is in use: stop the process that runs it\n`);
      continue;
    }
    await sweep(slot);
    await lock.release();
  }
}
