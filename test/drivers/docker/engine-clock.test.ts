import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineApi } from '../../../src/drivers/docker/engine-api.ts';
import { engineClock, parseTime } from '../../../src/drivers/docker/engine-clock.ts';
import { localTransport } from '../../../src/drivers/docker/local-transport.ts';

const { signal } = new AbortController();
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** An engine that answers every question with this. */
async function engineThatSays(answer: () => object): Promise<EngineApi> {
  const directory = await mkdtemp(join(tmpdir(), 'tm-engine-'));
  const path = join(directory, 'docker.sock');
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer()));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const api = new EngineApi(localTransport({ kind: 'unix', path }, { home: directory, env: {} }));
  open.push(async () => {
    api.close();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true });
  });
  return api;
}

describe('the clock of an engine', () => {
  test.each([-7_200_000, 1500])('that is %d ms ahead is found to be so', async (byMs) => {
    const api = await engineThatSays(() => ({ SystemTime: new Date(Date.now() + byMs).toISOString() }));
    const clock = await engineClock(api, signal);
    // Of both clocks only whole milliseconds are known here.
    expect(Math.abs((clock?.aheadMs ?? Number.NaN) - byMs)).toBeLessThanOrEqual((clock?.uncertaintyMs ?? 0) + 2);
  });

  test('that tells no time is not known', async () => {
    expect(await engineClock(await engineThatSays(() => ({})), signal)).toBeUndefined();
  });
});

test.each([
  ['2026-11-23T17:57:59.476939515Z', 1_795_456_679_476.9395],
  ['2026-11-23T18:57:59.5+01:00', 1_795_456_679_500],
  ['2026-11-23T17:57:59Z', 1_795_456_679_000],
])('%s is read to the microsecond', (text, ms) => {
  expect(parseTime(text)).toBeCloseTo(ms, 2);
});

test.each(['', 'yesterday', '2026-11-23 17:57:59'])('"%s" is no time', (text) => {
  expect(parseTime(text)).toBeNaN();
});
