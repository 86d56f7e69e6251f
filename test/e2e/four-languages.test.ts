import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../src/model/event.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { type Bench, everythingOurs, exampleOnBed, startBenchWithAllReferencePeers } from './harness.ts';

const IMAGES = {
  typescript: 'the-mule/reference-peer:1',
  rust: 'the-mule/reference-peer-rust:1',
  python: 'the-mule/reference-peer-python:1',
  go: 'the-mule/reference-peer-go:1',
} as const;

let bench: Bench;

beforeAll(async () => {
  bench = await startBenchWithAllReferencePeers(2);
  // On a machine that has built nothing yet, Rust alone takes minutes.
}, 900_000);

afterEach(async () => {
  await bench.tm('destroy');
});

afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
});

describe('peers in four languages on two real Docker hosts over SSH', () => {
  test('pass messages on through each other, restart, and stop: examples/five-peers-four-languages.yaml', async () => {
    const { code, stdout, stderr } = await bench.tm(await exampleOnBed(bench, 'five-peers-four-languages.yaml'));
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/passed after/);
    const events = await bench.journal('five-peers-four-languages');
    expect(linesOf(events, 'eve')).toEqual(
      expect.arrayContaining(['got from TypeScript from alice', 'got from Python from charlie']),
    );
    expect(linesOf(events, 'alice')).toEqual(
      expect.arrayContaining(['got from Rust from eve', 'got from Go from dave']),
    );
    // Each of the three in the middle has begun anew, and told so in its own language.
    for (const peer of ['bob', 'charlie', 'dave']) {
      const words = statusesOf(events, peer).map((status) => status.split('|')[0]);
      const life = ['started', 'connecting', 'connected'];
      expect(words, peer).toEqual([...life, 'restarting', ...life, 'stopped']);
    }
    expect(await everythingOurs(bench.bed)).toEqual([]);
  });
});

describe('the images', () => {
  const inspect = async (image: string) =>
    JSON.parse(await engineRequest(bench.bed.control.dockerSocket, `/images/${image}/json`)) as {
      readonly Size: number;
      readonly Config: { readonly User: string; readonly Entrypoint: readonly string[] };
    };

  test.each(Object.values(IMAGES))('%s runs the entrypoint, and not as root', async (image) => {
    const { User, Entrypoint } = (await inspect(image)).Config;
    expect(User).toBe('1000:1000');
    expect(Entrypoint.slice(0, 2)).toEqual(['/bin/sh', '/peer/entrypoint.sh']);
  });

  test.each([
    ['go', 15],
    ['rust', 15],
  ] as const)('that of %s is smaller than %d MB', async (language, megabytes) => {
    expect((await inspect(IMAGES[language])).Size).toBeLessThan(megabytes * 1e6);
  });
});

const linesOf = (events: readonly TmEvent[], of: string): readonly string[] =>
  events.flatMap((event) => (event.type === 'log' && event.peer === of ? [event.message] : []));

const statusesOf = (events: readonly TmEvent[], of: string): readonly string[] =>
  events.flatMap((event) => (event.type === 'peer-status' && event.peer === of ? [event.status] : []));
