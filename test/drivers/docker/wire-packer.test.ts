import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type PackedSink, WirePacker } from '../../../src/drivers/docker/wire-packer.ts';

const MB = 1024 * 1024;

/** Takes bytes at a speed, in MB a second; `limit`: is over after so many bytes. */
class Sink implements PackedSink {
  readonly #msPerByte: number;
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];

  constructor(mbPerSecond: number, limit = Number.POSITIVE_INFINITY) {
    this.#msPerByte = 1000 / (mbPerSecond * MB);
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  get isOver(): boolean {
    return this.bytes >= this.#limit;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#chunks.push(chunk);
    const ms = chunk.length * this.#msPerByte;
    if (ms >= 1) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  unpacked(): Buffer {
    return gunzipSync(Buffer.concat(this.#chunks));
  }
}

const text = Buffer.from('a peer writes a line much like the one before\n'.repeat(1000));

/** Packs about `mb` megabytes of text for the sinks and gives what was packed. */
async function pack(sinks: readonly Sink[], mb: number): Promise<Buffer> {
  const packer = new WirePacker(sinks);
  const parts: Buffer[] = [];
  for (let bytes = 0; bytes < mb * MB; bytes += text.length) {
    parts.push(text);
    await packer.write(text);
  }
  await packer.end();
  const whole = Buffer.concat(parts);
  expect(packer.packed).toBe(whole.length);
  return whole;
}

describe('bytes for a wire', () => {
  test('that is fast are not compressed', async () => {
    const sink = new Sink(10_000);
    const whole = await pack([sink], 16);
    expect(sink.bytes).toBeGreaterThan(whole.length);
    expect(sink.unpacked().equals(whole)).toBe(true);
  });

  test('that is slow are compressed from then on', async () => {
    const sink = new Sink(5);
    const whole = await pack([sink], 32);
    expect(sink.bytes).toBeLessThan(whole.length / 4);
    expect(sink.unpacked().equals(whole)).toBe(true);
  });

  test('are the same for all; one that ends early holds nobody up', async () => {
    const sinks = [new Sink(10_000), new Sink(10_000, 2 * MB), new Sink(200)];
    const whole = await pack(sinks, 8);
    expect(sinks[0]!.unpacked().equals(whole)).toBe(true);
    expect(sinks[2]!.unpacked().equals(whole)).toBe(true);
    expect(sinks[1]!.bytes).toBeLessThan(3 * MB);
  });

  test('that all have ended go nowhere, and nobody waits', async () => {
    const packer = new WirePacker([new Sink(10_000, MB), new Sink(10_000, MB)]);
    while (!packer.isOver) await packer.write(text);
    await packer.write(text);
    await packer.end();
    expect(packer.packed).toBeGreaterThanOrEqual(MB);
  });
});
