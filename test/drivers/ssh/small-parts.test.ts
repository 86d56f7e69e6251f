import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LazyDuplex } from '../../../src/drivers/ssh/lazy-duplex.ts';
import { Patience } from '../../../src/drivers/ssh/patience.ts';
import { shellQuote } from '../../../src/drivers/ssh/shell-quote.ts';
import { within } from '../../../src/drivers/ssh/within.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a quoted command', () => {
  test('leaves plain words plain', () => {
    expect(shellQuote(['docker', '--host', 'unix:///run/docker.sock', 'a=b'])).toBe(
      'docker --host unix:///run/docker.sock a=b',
    );
  });

  test('quotes everything that a shell would touch', () => {
    expect(shellQuote(['', 'a b', `it's`, '$HOME', '~', '*'])).toBe(`'' 'a b' 'it'\\''s' '$HOME' '~' '*'`);
  });
});

describe('waiting within a limit', () => {
  const limit = { ms: 20, late: () => new Error('too late') };

  test('gives the value or the error of the work', async () => {
    expect(await within(Promise.resolve(1), limit)).toBe(1);
    await expect(within(Promise.reject(new Error('broken')), limit)).rejects.toThrow('broken');
  });

  test('ends at the limit, and with the signal', async () => {
    await expect(within(new Promise(() => {}), limit)).rejects.toThrow('too late');
    const stop = new AbortController();
    const reason = new Error('stopped');
    setTimeout(() => stop.abort(reason), 5);
    await expect(within(new Promise(() => {}), undefined, stop.signal)).rejects.toBe(reason);
    await expect(within(Promise.resolve(1), limit, stop.signal)).rejects.toBe(reason);
  });
});

describe('patience', () => {
  test('does not run out while a person thinks, and does afterwards', async () => {
    let isOver = false;
    const patience = new Patience(60, () => {
      isOver = true;
    });
    expect(await patience.during(pause(150).then(() => 'answer'))).toBe('answer');
    expect(isOver).toBe(false);
    await pause(150);
    expect(isOver).toBe(true);
  });

  test('that is stopped never runs out', async () => {
    let isOver = false;
    const patience = new Patience(10, () => {
      isOver = true;
    });
    patience.stop();
    await pause(50);
    expect(isOver).toBe(false);
  });
});

describe('a stream that opens later', () => {
  test('keeps what is written before', async () => {
    const inner = new PassThrough();
    const lazy = new LazyDuplex(() => pause(20).then(() => inner));
    lazy.write('early ');
    lazy.end('late');
    let text = '';
    for await (const chunk of lazy) text += chunk;
    expect(text).toBe('early late');
  });

  test('fails with the error of the opening', async () => {
    const lazy = new LazyDuplex(() => Promise.reject(new Error('refused')));
    await expect(lazy.toArray()).rejects.toThrow('refused');
  });

  test('that is given up before it is open closes what opens then', async () => {
    const inner = new PassThrough();
    const lazy = new LazyDuplex(() => pause(20).then(() => inner));
    lazy.destroy();
    await pause(50);
    expect(inner.destroyed).toBe(true);
  });

  test('still gives what came before its inner stream closed', async () => {
    const inner = new PassThrough();
    const lazy = new LazyDuplex(async () => inner);
    inner.end('the last words');
    await pause(20);
    inner.destroy();
    await pause(20);
    expect(Buffer.concat(await lazy.toArray()).toString()).toBe('the last words');
  });
});
