import { expect, it } from 'vitest';
import vectors from '../../clients/conformance/vectors.json' with { type: 'json' };
import { LOG_LEVELS } from '../../src/model/wire.ts';

const isOnce = (values: readonly string[]): boolean => new Set(values).size === values.length;

it('commands: each text once, each with what belongs to its kind', () => {
  expect(isOnce(vectors.commands.map(({ raw }) => raw))).toBe(true);
  for (const { raw, kind, ...rest } of vectors.commands) {
    const belongs: Readonly<Record<string, readonly string[]>> = {
      restart: ['delaySecs'],
      peer: ['multiaddr'],
      test: ['fields'],
    };
    expect(Object.keys(rest), raw).toEqual(belongs[kind] ?? []);
    if (kind === 'test') expect(rest.fields?.join('|')).toBe(raw);
    if (kind === 'peer') expect(`peer|${rest.multiaddr}`).toBe(raw);
    if (kind === 'restart') expect(Number.isInteger(rest.delaySecs) && raw.startsWith('restart'), raw).toBe(true);
  }
});

it('URLs: each once, the usable ones with all that they say', () => {
  expect(isOnce(vectors.redisUrls.map(({ url }) => url))).toBe(true);
  for (const { url, ok, ...said } of vectors.redisUrls) {
    if (!ok) expect(said, url).toEqual({});
    else
      expect(said, url).toMatchObject({
        host: expect.any(String),
        port: expect.any(Number),
        database: expect.any(Number),
        tls: expect.any(Boolean),
      });
  }
});

it('log lines and delays', () => {
  for (const { level, message, line } of vectors.logLines) expect(line).toBe(`${level}|${message}`);
  expect(new Set(vectors.logLines.map(({ level }) => level))).toEqual(new Set(LOG_LEVELS));
  for (const { seconds, written } of vectors.delays) expect(written).toBe(String(Math.ceil(seconds)));
});
