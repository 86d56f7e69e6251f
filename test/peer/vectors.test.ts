/** The client does with the vectors what those in the other languages do with them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../src/model/wire.ts';
import { parseCommand } from '../../src/peer/command.ts';
import { writeDelay } from '../../src/peer/delay.ts';
import { createLog } from '../../src/peer/log.ts';
import { parseRedisUrl } from '../../src/peer/redis-target.ts';

interface Vectors {
  readonly commands: readonly { readonly raw: string; readonly kind: string; readonly delaySecs?: number }[];
  readonly redisUrls: readonly { readonly url: string; readonly ok: boolean }[];
  readonly logLines: readonly { readonly level: LogLevel; readonly message: string; readonly line: string }[];
  readonly delays: readonly { readonly seconds: number; readonly written: string }[];
}

const vectors = JSON.parse(
  await readFile(new URL('../../clients/conformance/vectors.json', import.meta.url), 'utf8'),
) as Vectors;

it('are there', () => {
  for (const list of [vectors.commands, vectors.redisUrls, vectors.logLines, vectors.delays]) {
    expect(list.length).toBeGreaterThan(5);
  }
});

describe('commands', () => {
  it.each(vectors.commands)('$raw', ({ delaySecs, ...expected }) => {
    const delay = delaySecs === undefined ? {} : { delaySeconds: delaySecs };
    expect(parseCommand(expected.raw)).toEqual({ ...expected, ...delay });
  });
});

describe('Redis URLs', () => {
  it.each(vectors.redisUrls)('$url', ({ url, ok, ...expected }) => {
    const target = parseRedisUrl(url);
    if (ok) expect(target).toEqual(expected);
    else expect(target).toBeTypeOf('string');
  });
});

describe('log lines', () => {
  it.each(vectors.logLines)('$line', ({ level, message, line }) => {
    const lines: string[] = [];
    createLog('trace', (text) => lines.push(text))[level](message);
    expect(lines).toEqual([line]);
  });
});

it('delays', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tm-delay-'));
  try {
    const file = join(directory, 'delay');
    for (const { seconds, written } of vectors.delays) {
      await writeDelay(file, seconds);
      expect((await readFile(file, 'utf8')).replace(/\n$/, '')).toBe(written);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
