import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LockHolder } from '../../src/model/fault.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../src/model/names.ts';
import type { RunStore, State, Store, Stores } from '../../src/ports/store.ts';

/** What a driver gives the contract: a fresh disk, and what was written there. */
export interface StoreRig {
  /** Stores as a tm process sees them; each call is another process over the same disk. */
  process(): Stores;
  journal(store: Store, run: RunStore): Promise<string>;
  log(store: Store, run: RunStore): Promise<string>;
  containerLog(store: Store, run: RunStore, peer: string): Promise<string>;
  file(store: Store, run: RunStore, name: string): Promise<string>;
}

export const holder = (run: string, changes: Partial<LockHolder> = {}): LockHolder => ({
  test: 'smoke',
  run,
  pid: process.pid,
  machine: 'workstation',
  user: 'alice',
  since: '2026-01-01T00:00:00.000Z',
  ...changes,
});

export const stateOf = (test: string, changes: Partial<State> = {}): State => ({
  version: 1,
  test: testName(test),
  file: `/tests/${test}.yaml`,
  hosts: [
    {
      name: hostName('host-0'),
      address: '10.0.0.7',
      connection: { kind: 'ssh', user: 'root', auth: { kind: 'agent' } },
      runtime: { kind: 'docker' },
      basePort: 11984,
      tags: ['big'],
    },
  ],
  redis: { kind: 'container', image: imageRef('redis:7'), port: 6379, auth: 'generated' },
  redisUrl: 'redis://:hunter2@127.0.0.1:6379',
  redisPassword: 'hunter2',
  images: ['peer:1'],
  lastRun: runId('smoke-1'),
  usedRuns: [{ run: runId('smoke-0'), at: '2026-01-01T00:00:00.000Z' }],
  ...changes,
});

const MANY = 1 << 20;

async function* pieces(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

/** What every driver of `ports/store.ts` does. */
export function storeContract(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`store: ${name}`, () => {
    let rig: StoreRig;
    const smoke = testName('smoke');

    beforeEach(async () => {
      rig = await makeRig();
    });

    it('knows nothing at first', async () => {
      expect(await rig.process().known()).toEqual([]);
      expect(await rig.process().open(smoke).readState()).toBeUndefined();
      await rig.process().open(smoke).clearState();
      expect(rig.process().open(smoke).path).toMatch(/\.tm\/smoke$/);
    });

    it('gives another process the state as it was written, whatever became of the object', async () => {
      const images = ['peer:1'];
      const written = rig.process().open(smoke).writeState(stateOf('smoke', { images }));
      images.push('later');
      await written;
      expect(await rig.process().open(smoke).readState()).toEqual(stateOf('smoke'));
    });

    it('keeps the last of several states asked for at once', async () => {
      const store = rig.process().open(smoke);
      await Promise.all(
        [1, 2, 3, 4, 5].map((n) => store.writeState(stateOf('smoke', { lastRun: runId(`smoke-${n}`) }))),
      );
      expect((await store.readState())?.lastRun).toBe('smoke-5');
    });

    it('forgets the state, and keeps the runs', async () => {
      const store = rig.process().open(smoke);
      await store.writeState(stateOf('smoke'));
      const run = await store.openRun(runId('smoke-1'));
      await run.journal(['{"seq":1}']);
      await run[Symbol.asyncDispose]();
      await store.clearState();
      expect(await store.readState()).toBeUndefined();
      expect(await rig.process().known()).toEqual([]);
      await using again = await rig.process().open(smoke).openRun(runId('smoke-1'));
      expect(again.events).toBe(1);
    });

    it('lists every test that has a state, last used first', async () => {
      const stores = rig.process();
      for (const test of ['a', 'b', 'c', 'a']) await stores.open(testName(test)).writeState(stateOf(test));
      await stores
        .open(testName('d'))
        .openRun(runId('d-1'))
        .then((run) => run[Symbol.asyncDispose]());
      expect((await rig.process().known()).map(({ test }) => test)).toEqual(['a', 'c', 'b']);
    });

    it('keeps tests apart whose names become the same file name', async () => {
      const names = ['a b', 'a-b', 'a/b', 'a  b'].map(testName);
      for (const test of names) await rig.process().open(test).writeState(stateOf(test));
      for (const test of names) expect((await rig.process().open(test).readState())?.test).toBe(test);
      expect((await rig.process().known()).map(({ test }) => test).sort()).toEqual([...names].sort());
    });

    it('gives the lock to one, tells the others who has it, and gives it on when it is released', async () => {
      const first = await rig.process().open(smoke).lock(holder('smoke-1'));
      expect(first).toMatchObject({ held: true });
      expect(await rig.process().open(smoke).lock(holder('smoke-2'))).toEqual({ heldBy: holder('smoke-1') });
      expect(await rig.process().open(smoke).holder('workstation')).toEqual(holder('smoke-1'));
      expect(await rig.process().open(testName('none')).holder('workstation')).toBeUndefined();
      expect(await rig.process().open(testName('other')).lock(holder('other-1'))).toMatchObject({ held: true });
      if (!('held' in first)) throw new Error('not held');
      await first[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      const second = await rig.process().open(smoke).lock(holder('smoke-2'));
      expect(second).toMatchObject({ held: true });
      // Releasing twice must not release what is another's by now.
      await first[Symbol.asyncDispose]();
      expect(await rig.process().open(smoke).lock(holder('smoke-3'))).toEqual({ heldBy: holder('smoke-2') });
    });

    it('gives the lock to exactly one of many that ask at once', async () => {
      const asked = Array.from({ length: 25 }, (_, n) =>
        rig
          .process()
          .open(smoke)
          .lock(holder(`smoke-${n}`)),
      );
      const answers = await Promise.all(asked);
      expect(answers.filter((answer) => 'held' in answer)).toHaveLength(1);
    });

    it('adds to a run that is kept, and makes none', async () => {
      const store = rig.process().open(smoke);
      expect(await store.keptRun(runId('smoke-1'))).toBeUndefined();
      const run = await store.openRun(runId('smoke-1'));
      await run.journal(['{"seq":1}']);
      await run.containerLog(peerName('alice'), pieces(['hello\n']), MANY);
      await run[Symbol.asyncDispose]();
      const kept = await rig.process().open(smoke).keptRun(runId('smoke-1'));
      expect(kept?.path).toBe(run.path);
      expect(await kept?.has('containers/alice.log')).toBe(true);
      expect(await kept?.has('containers/alice.json')).toBe(false);
      await kept?.write('containers/alice.json', '{}');
      expect(await kept?.has('containers/alice.json')).toBe(true);
      await kept?.containerLog(peerName('bob'), pieces(['bye\n']), MANY);
      expect(await rig.containerLog(store, run, 'bob')).toBe('bye\n');
      expect(await rig.containerLog(store, run, 'alice')).toBe('hello\n');
      expect(await rig.journal(store, run)).toBe('{"seq":1}\n');
      for (const other of ['smoke-2', '', '.', '..', '../runs/smoke-1', 'smoke-1/containers'])
        expect(await store.keptRun(runId(other)), other).toBeUndefined();
    });

    it('writes the journal in order, and counts it when the run is opened again', async () => {
      const store = rig.process().open(smoke);
      const run = await store.openRun(runId('smoke-1'));
      expect(run.journalBytes).toBe(0);
      expect([run.events, run.path]).toEqual([0, expect.stringMatching(/\.tm\/smoke\/runs\/smoke-1$/)]);
      const lines = Array.from({ length: 500 }, (_, n) => `{"seq":${n + 1}}`);
      await Promise.all([
        ...lines.slice(0, 400).map((line) => run.journal([line])),
        run.journal([]),
        run.journal(lines.slice(400)),
      ]);
      expect(await rig.journal(store, run)).toBe(lines.map((line) => `${line}\n`).join(''));
      await run[Symbol.asyncDispose]();
      await run[Symbol.asyncDispose]();
      await using again = await store.openRun(runId('smoke-1'));
      expect(again.events).toBe(500);
      expect(again.journalBytes).toBe(Buffer.byteLength(lines.join('\n')) + 1);
      await again.journal(['{"seq":501}']);
      expect((await rig.journal(store, again)).endsWith('{"seq":500}\n{"seq":501}\n')).toBe(true);
    });

    it('appends to the log, and writes a container’s log anew', async () => {
      const store = rig.process().open(smoke);
      await using run = await store.openRun(runId('smoke-1'));
      await Promise.all([run.log('one\n'), run.log('two '), run.log('drei — 三\n')]);
      expect(await rig.log(store, run)).toBe('one\ntwo drei — 三\n');
      await run.containerLog(peerName('alice'), pieces(['an old log\n', 'that is long\n']), MANY);
      const kept = await run.containerLog(peerName('alice'), pieces(['héllo', '\n', 'x'.repeat(200_000), '\n']), MANY);
      expect(kept).toEqual({ path: 'containers/alice.log', bytes: 200_008, cut: 0 });
      expect(await run.containerLog(peerName('bob'), pieces([]), MANY)).toMatchObject({ bytes: 0, cut: 0 });
      expect(await rig.containerLog(store, run, 'alice')).toBe(`héllo\n${'x'.repeat(200_000)}\n`);
      expect(await rig.containerLog(store, run, 'bob')).toBe('');
    });

    it('keeps the first quarter and the last three quarters of a container’s log that is too large', async () => {
      const store = rig.process().open(smoke);
      await using run = await store.openRun(runId('smoke-1'));
      const lines = Array.from({ length: 1000 }, (_, n) => `line ${String(n).padStart(4, '0')}\n`);
      const kept = await run.containerLog(peerName('alice'), pieces(lines), 400);
      const text = await rig.containerLog(store, run, 'alice');
      // 10 lines of 10 bytes, then 30; one of those may have been torn.
      expect(text).toBe(
        [...lines.slice(0, 10), `--- ${kept.cut} bytes are left out here ---\n`, ...lines.slice(971)].join(''),
      );
      expect(kept).toEqual({ path: 'containers/alice.log', bytes: Buffer.byteLength(text), cut: 9610 });
    });

    it('leaves out exactly what it says, whatever is written and however it is cut', async () => {
      const store = rig.process().open(smoke);
      await using run = await store.openRun(runId('smoke-1'));
      const text = fc
        .array(fc.constantFrom('a', 'ü', '三', '😀', '\n', 'bcdef'), { maxLength: 60 })
        .map((all) => all.join(''));
      await fc.assert(
        fc.asyncProperty(fc.array(text, { maxLength: 6 }), fc.integer({ min: 4, max: 200 }), async (texts, most) => {
          const whole = texts.join('');
          const { bytes, cut } = await run.containerLog(peerName('alice'), pieces(texts), most);
          const written = await rig.containerLog(store, run, 'alice');
          expect(bytes).toBe(Buffer.byteLength(written));
          if (Buffer.byteLength(whole) <= most) {
            expect([written, cut]).toEqual([whole, 0]);
            return;
          }
          const [head = '', tail = ''] = written.split(`--- ${cut} bytes are left out here ---\n`);
          expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
          expect(Buffer.byteLength(head) + Buffer.byteLength(tail) + cut).toBe(Buffer.byteLength(whole));
          expect(Buffer.byteLength(head) + Buffer.byteLength(tail)).toBeLessThanOrEqual(most);
        }),
        { numRuns: 60 },
      );
    });

    it('writes files whole, in place of earlier ones', async () => {
      const store = rig.process().open(smoke);
      await using run = await store.openRun(runId('smoke-1'));
      await run.write('plan.json', 'an old plan that is long');
      expect(await run.write('plan.json', '{"ü":1}')).toEqual({ path: 'plan.json', bytes: 8, cut: 0 });
      await run.write('containers/alice.json', '{}');
      expect(await rig.file(store, run, 'plan.json')).toBe('{"ü":1}');
      expect(await rig.file(store, run, 'containers/alice.json')).toBe('{}');
    });

    it('keeps what came of a container’s log before its source failed', async () => {
      const store = rig.process().open(smoke);
      await using run = await store.openRun(runId('smoke-1'));
      const failing = async function* (): AsyncGenerator<string> {
        yield 'last words\n';
        throw new Error('the host is gone');
      };
      await expect(run.containerLog(peerName('alice'), failing(), MANY)).rejects.toThrow('the host is gone');
      expect(await rig.containerLog(store, run, 'alice')).toBe('last words\n');
    });
  });
}
