import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/drivers/memory/clock.ts';
import { createMemoryStores } from '../../src/drivers/memory/store.ts';
import { createMemoryDisk } from '../../src/drivers/memory/store-disk.ts';
import { Redactor } from '../../src/lib/redactor.ts';
import { Secret } from '../../src/lib/secret.ts';
import type { TmEvent } from '../../src/model/event.ts';
import { type Fault, TmError } from '../../src/model/fault.ts';
import { hostName, peerName, runId, testName } from '../../src/model/names.ts';
import type { Bus } from '../../src/ports/bus.ts';
import { Recorder, type RecorderOptions } from '../../src/run/recorder.ts';

const SMOKE = testName('smoke');
const RUN = runId('smoke-1');
const ALICE = peerName('alice');

/** A recorder with everything that hears it; `refuses` says when the disk takes no lines. */
async function rig(options: RecorderOptions = {}, refuses: () => boolean = () => false) {
  const disk = createMemoryDisk();
  const heard: TmEvent[] = [];
  const published: string[] = [];
  const stores = createMemoryStores(disk, {
    interfere: ({ name, moment }) => {
      if (name === 'journal' && moment === 'before' && refuses())
        throw new TmError({ kind: 'failed', message: 'no space left on device' });
    },
  });
  const recorder = new Recorder(createManualClock(), SMOKE, [(event) => heard.push(event)], options);
  recorder.openJournal(await stores.open(SMOKE).openRun(RUN));
  const bus: Pick<Bus, 'publish'> = {
    publish: async (_test, lines) => void published.push(...lines),
  };
  recorder.openStream(bus as Bus);
  return { recorder, heard, published, journal: () => disk.tests.get(SMOKE)?.runs.get(RUN)?.journal ?? [] };
}

const log = (message: string) => ({ type: 'log', peer: ALICE, level: 'info', message }) as const;

describe('secrets', () => {
  test('are in no event, wherever that goes, and each event keeps its shape', async () => {
    const redactor = new Redactor();
    redactor.hide(new Secret('p@ss"word'), new Secret('alice'), new Secret('peer'));
    const { recorder, heard, published, journal } = await rig({ redactor });
    const returned = recorder.emit(log('REDIS_URL=redis://:p%40ss%22word@10.0.0.1 {"a":"p@ss\\"word"} hello alice'));
    recorder.emit({
      type: 'peer-died',
      peer: ALICE,
      host: hostName('peer'),
      oomKilled: false,
      lastLines: ['p@ss"word', 'bye'],
    });
    recorder.emit(log('nothing here'));
    await recorder.flush();
    await recorder.flushStream();
    expect(returned).toEqual(heard[0]);
    expect(heard.map((event) => JSON.stringify(event))).toEqual(journal());
    expect(published).toEqual(journal());
    expect(heard).toMatchObject([
      {
        seq: 1,
        type: 'log',
        peer: 'alice',
        message: 'REDIS_URL=redis://:[redacted]@10.0.0.1 {"a":"[redacted]"} hello [redacted]',
      },
      { seq: 2, type: 'peer-died', peer: 'alice', host: 'peer', lastLines: ['[redacted]', 'bye'] },
      { seq: 3, message: 'nothing here' },
    ]);
  });

  test('that become known later are left out from then on', async () => {
    const redactor = new Redactor();
    const { recorder, heard } = await rig({ redactor });
    redactor.hide(new Secret('hunter2'));
    recorder.emit(log('hunter2'));
    expect(heard).toMatchObject([{ message: '[redacted]' }]);
  });
});

describe('a journal that has grown too large', () => {
  test('is written on without log lines, and says so once', async () => {
    const { recorder, heard, published, journal } = await rig({ journalLimit: 600 });
    for (let n = 0; n < 10; n++) recorder.emit(log(`line ${n} ${'x'.repeat(50)}`));
    recorder.emit({ type: 'timeline-ended', ms: 1 });
    await recorder.flush();
    await recorder.flushStream();
    const written = journal().map((line) => JSON.parse(line) as TmEvent);
    expect(written.map(({ type }) => type)).toEqual(['log', 'log', 'log', 'warning', 'timeline-ended']);
    expect(written[3]).toMatchObject({
      message: expect.stringMatching(/^the journal has grown to \d+ B: log lines are left out of it from here on$/),
    });
    // Who listens now still hears all of it.
    expect(heard).toHaveLength(12);
    expect(published).toHaveLength(12);
    const cut = heard.filter(({ type, seq }) => type === 'log' && seq > 3);
    expect(recorder.kept()).toEqual({
      bytes: Buffer.byteLength(
        journal()
          .map((line) => `${line}\n`)
          .join(''),
      ),
      cut: Buffer.byteLength(cut.map((event) => `${JSON.stringify(event)}\n`).join('')),
    });
  });
});

describe('a journal that cannot be written', () => {
  test('is told once and at once, and by every flush', async () => {
    const told: Fault[] = [];
    let full = false;
    const { recorder } = await rig({ onUnwritable: (fault) => told.push(fault) }, () => full);
    recorder.emit(log('one'));
    await recorder.flush();
    full = true;
    recorder.emit(log('two'));
    recorder.emit(log('three'));
    await expect(recorder.flush()).rejects.toThrow('no space left on device');
    expect(told).toEqual([{ kind: 'failed', message: 'no space left on device' }]);
    recorder.emit(log('four'));
    await expect(recorder.flush()).rejects.toThrow('no space left on device');
    expect(told).toHaveLength(1);
  });

  test('is told without anybody asking', async () => {
    const told = new Promise<Fault>((resolve) => {
      void rig({ onUnwritable: resolve }, () => true).then(({ recorder }) => recorder.emit(log('one')));
    });
    expect(await told).toMatchObject({ message: 'no space left on device' });
  });
});
