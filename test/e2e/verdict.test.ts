/** A verdict that one can trust: what fails a run is named with its evidence wherever a person looks, and no status hides behind another. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, openFile } from '../views/report/browser.ts';
import { type LocalBench, startLocalBench } from './harness.ts';
import { startPrivateRedis } from './private-redis.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const UNMET = [
  { text: 'charlie: status connected for 3 s from 3 s by 7 s', evidence: 'disconnecting' },
  { text: 'bob: log "pulled good morning" within 2 s of "pull" at 4 s', evidence: 'pulled hello from alice' },
] as const;

let bench: LocalBench;

beforeEach(async () => {
  bench = await startLocalBench();
});

afterEach(async () => {
  await bench.tm('destroy');
  await bench[Symbol.asyncDispose]();
});

async function example(name: string): Promise<string> {
  const yaml = await readFile(join(ROOT, 'examples', name), 'utf8');
  return bench.config(name, yaml.replaceAll('../dist/', `${ROOT}/dist/`).replaceAll('6399', '7471'));
}

describe('five peers, and two of four expectations that are not met', () => {
  test('exit 1; both are named with evidence on the console, in JUnit and on the first screen of the report; which is drawn again the same', async () => {
    const { code, stdout } = await bench.tm(await example('unmet.yaml'));
    expect(code).toBe(1);
    const block = stdout.slice(stdout.lastIndexOf('✖ failed after'));
    expect(block).toMatch(/^✖ failed after .*: 2 of 4 expectations unmet$/m);
    const junit = await bench.runFile('unmet', 'junit.xml');
    const report = /report +(\S+)/.exec(block)?.[1] ?? '';
    const browser = await launchBrowser();
    try {
      const { page } = await openFile(browser, join(bench.dir, report), { viewport: { width: 1280, height: 720 } });
      for (const { text, evidence } of UNMET) {
        expect(block).toContain(`✖ ${text}: unmet`);
        expect(block).toMatch(new RegExp(`^ +▶ .*${evidence}`, 'm'));
        const xml = text.replaceAll('"', '&quot;');
        expect(junit).toMatch(new RegExp(`<testcase name="${escaped(xml)}"[^>]*>\\s*<failure [^>]*${evidence}`));
        const box = await page.getByText(text).first().boundingBox();
        expect(box && box.y + box.height, text).toBeLessThan(720);
      }
    } finally {
      await browser.close();
    }
    const before = await digests(join(bench.dir, report, '..'));
    expect((await bench.tm('report')).code).toBe(0);
    expect(await digests(join(bench.dir, report, '..'))).toEqual(before);
    expect((await bench.tm('report', '--output', 'elsewhere')).code).toBe(0);
    expect(await digests(join(bench.dir, 'elsewhere'))).toEqual(before);
  });
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function digests(directory: string): Promise<Record<string, string>> {
  const names = ['report.html', 'junit.xml', 'report.json'];
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const));
  return Object.fromEntries(files.map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]));
}

describe('a peer that goes from connecting to connected within a millisecond', () => {
  const FLIPS = 20;
  const client = `
import { connectPeer } from '${ROOT}/dist/peer.js';
const tm = await connectPeer();
await tm.sendStatus('started');
for await (const command of tm) {
  if (command.kind === 'shutdown') break;
  for (let i = 0; i < ${FLIPS}; i++) void tm.sendStatus('connecting'), void tm.sendStatus('connected');
}
await tm.sendStatus('stopped');
await tm.close();
`;
  const plain = `
status() { printf 'SET %s_status %s\\n' "$PEER_NAME" "$1"; }
status started | redis-cli -u "$REDIS_URL" --no-auth-warning
while command=$(redis-cli -u "$REDIS_URL" --no-auth-warning BLPOP "$PEER_NAME"_command 0 | tail -1); do
  [ "$command" = shutdown ] && break
  for i in $(seq ${FLIPS}); do status connecting; status connected; done | redis-cli -u "$REDIS_URL" --no-auth-warning
done
status stopped | redis-cli -u "$REDIS_URL" --no-auth-warning
`;
  const config = (command: string) => `
name: flips
timeout: { startup: 20, shutdown: 10 }
redis: { runtime: process, port: 7471 }
hosts: [{ name: here, address: localhost, runtime: process, base_port: 12400 }]
peers: [{ name: flipper, command: ${command} }]
commands: [{ time: 0.2, peer: flipper, command: flip }]
expect:
  - { peer: flipper, status: connecting, from: 0.1 }
  - { peer: flipper, status: connected, from: 0.1 }
`;
  const flips = ['started', ...Array.from({ length: FLIPS }, () => ['connecting', 'connected']).flat(), 'stopped'];

  const statuses = async () =>
    (await bench.journal('flips')).flatMap((event) => (event.type === 'peer-status' ? [event] : []));

  test('is seen doing both, each time, when it uses our client, on whatever Redis', async () => {
    await bench.config('flipper.mjs', client);
    const redis = await startPrivateRedis('127.0.0.1');
    try {
      const { code, stdout } = await bench.tm(
        '--redis-url',
        redis.url(3),
        await bench.config('t.yaml', config('[node, flipper.mjs]')),
      );
      expect(code, stdout).toBe(0);
    } finally {
      await redis.stop();
    }
    const seen = await statuses();
    expect(seen.map(({ status }) => status)).toEqual(flips);
    expect(new Set(seen.map(({ via }) => via))).toEqual(new Set(['stream']));
    expect(seen.every(({ reportedAt, missed }) => reportedAt !== undefined && missed === 0)).toBe(true);
  });

  test('is seen doing both, each time, with nothing but SET, on a Redis of ours', async () => {
    await bench.config('flipper.sh', plain);
    const { code, stdout } = await bench.tm(await bench.config('t.yaml', config('[sh, flipper.sh]')));
    expect(code, stdout).toBe(0);
    const seen = await statuses();
    expect(seen.map(({ status }) => status)).toEqual(flips);
    expect(new Set(seen.map(({ via }) => via))).toEqual(new Set(['replication']));
    expect((await bench.journal('flips')).find(({ type }) => type === 'bus-ready')).toMatchObject({
      precision: 'replicated',
    });
  });
});
