/**
 * The client libraries side by side: their reference peers, driven as black boxes through a real Redis on loopback, beside a plain program
 * that does the same with a Redis client and nothing else. Builds what it measures. Only the ratios count.
 *
 *     npx tsx bench/clients/run.ts [rounds] [languages…]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figures, measure } from './measure.ts';
import { PLAIN, prepareSubjects } from './subjects.ts';
import { table } from './table.ts';

const [given = '3', ...languages] = process.argv.slice(2);
const total = Number(given);
if (!Number.isInteger(total) || total < 1) throw new Error(`${given} is no number of rounds`);
const wanted = (name: string) => languages.length === 0 || languages.includes(name.toLowerCase());

const directory = await mkdtemp(join(tmpdir(), 'tm-bench-clients-'));
try {
  const subjects = await prepareSubjects(wanted, directory);
  const rounds = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < total; round++) {
    // Turn and turn about, so that a busy moment of the machine hits all.
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      process.stderr.write(`round ${round + 1} of ${total}: ${subject.name}\n`);
      rounds.get(subject.name)?.push(await measure(subject));
    }
  }
  console.log(table(rounds, PLAIN));
} finally {
  await rm(directory, { recursive: true, force: true });
}
