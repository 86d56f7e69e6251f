/** The small parts under the screen. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../../src/model/event.ts';
import { hostName, peerName } from '../../../src/model/names.ts';
import type { LogFact, RunFacts } from '../../../src/views/run-model/run-facts.ts';
import { createRunModel } from '../../../src/views/run-model/run-model.ts';
import { silentSince } from '../../../src/views/run-model/silent-since.ts';
import { createLatch, latchMemory } from '../../../src/views/tui/latch.ts';
import { cutLine, lineWidth, spread } from '../../../src/views/tui/line.ts';
import { createLogMatcher } from '../../../src/views/tui/log-matches.ts';
import { peerGrid } from '../../../src/views/tui/panes/peer-grid.ts';
import { peerState } from '../../../src/views/tui/panes/peer-state.ts';
import { repaint } from '../../../src/views/tui/repaint.ts';
import { createRunTime } from '../../../src/views/tui/run-time.ts';
import { crowd } from './crowd.ts';
import { createRig } from './rig.ts';

describe('the log matcher', () => {
  const lines = crowd({ peers: 7, zeroMs: 1000 }).filter((event) => event.type === 'log');
  const filter = fc.record({
    level: fc.constantFrom('error', 'warn', 'info', 'debug', 'trace'),
    peer: fc.constantFrom('', 'peer-001', 'peer-005'),
    text: fc.constantFrom('', 'LINE 1', 'größe', '.', '(', 'nowhere'),
    peers: fc.constantFrom<readonly string[]>([], ['peer-001', 'peer-002']),
  });

  test('gives what a naive filter of the kept lines gives, whatever was asked before', () => {
    const part = fc.nat(120);
    fc.assert(
      fc.property(fc.array(fc.tuple(part, filter), { maxLength: 12 }), (acts) => {
        const model = createRunModel({ keepLogs: 20 });
        const match = createLogMatcher();
        let next = 0;
        for (const [count, wanted] of acts) {
          for (const line of lines.slice(next, next + count)) model.hear(line);
          next += count;
          const matches = match(model.facts, wanted);
          const found = Array.from({ length: matches.end - matches.first }, (_, i) => matches.at(matches.first + i));
          expect(found).toEqual(model.facts.logs.filter((line) => accepts(line, wanted)));
        }
      }),
      { numRuns: 60 },
    );
  });

  function accepts(line: LogFact, wanted: Parameters<ReturnType<typeof createLogMatcher>>[1]): boolean {
    const levels = ['error', 'warn', 'info', 'debug', 'trace'];
    return (
      levels.indexOf(line.level) <= levels.indexOf(wanted.level) &&
      (wanted.peer === '' || wanted.peer === line.peer) &&
      (wanted.peers.length === 0 || wanted.peers.includes(line.peer)) &&
      line.message.toLowerCase().includes(wanted.text.toLowerCase())
    );
  }

  test('a position stays a line’s own while older ones are forgotten', () => {
    const model = createRunModel({ keepLogs: 20 });
    const match = createLogMatcher();
    const all = { level: 'trace', peer: '', text: '', peers: [] } as const;
    const seen = new Map<number, LogFact>();
    for (const line of lines) {
      model.hear(line);
      const matches = match(model.facts as RunFacts, all);
      for (let at = matches.first; at < matches.end; at++) {
        const fact = matches.at(at);
        if (fact === undefined) continue;
        expect(seen.get(at) ?? fact).toBe(fact);
        seen.set(at, fact);
      }
    }
    expect(seen.size).toBe(lines.length);
  });
});

describe('the grid', () => {
  test('never wider than its room, holds everybody, and shows all at once wherever some grid does', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(60),
        fc.integer({ min: 12, max: 300 }),
        fc.nat(80),
        (count, name, width, height) => {
          const grid = peerGrid(count, name, width, height);
          expect(grid.columns).toBeGreaterThanOrEqual(1);
          // A cell without the blank behind the last one.
          expect(grid.columns * grid.cellWidth - 1).toBeLessThanOrEqual(width);
          expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(count);
          const smallest = Math.max(1, Math.floor((width + 1) / (4 + Math.max(1, Math.min(name, 8)))));
          if (Math.ceil(count / smallest) <= height) expect(grid.rows).toBeLessThanOrEqual(height);
        },
      ),
    );
  });

  test('five peers have their whole status', () => {
    expect(peerGrid(5, 7, 40, 10)).toMatchObject({ statusWidth: 13, nameWidth: 7 });
  });
});

describe('a peer’s state', () => {
  const peer = peerName('alice');
  const stateAfter = (...bodies: readonly EventBody[]) => {
    const model = createRunModel({ keepLogs: 0 });
    for (const [i, body] of bodies.entries()) model.hear({ seq: i + 1, atMs: i * 20_000, time: '', ...body });
    const facts = model.facts.peers.get(peer);
    if (facts === undefined) throw new Error('no alice');
    return { ...peerState(facts), since: silentSince(facts) };
  };
  const connected: EventBody = { type: 'peer-status', peer, status: 'connected', missed: 0, via: 'stream' };
  const silent: EventBody = { type: 'peer-silent', peer, forMs: 10_000, lastAt: '2026-02-03T14:02:20.000Z' };
  const died: EventBody = { type: 'peer-died', peer, host: hostName('h'), oomKilled: false, lastLines: [] };

  test('keeps its status and is marked while it is silent', () => {
    expect(stateAfter(connected, silent)).toMatchObject({
      word: 'connected',
      tone: 'caution',
      sign: { unicode: '⚠', ascii: '!' },
      since: 10_000,
    });
  });

  test.each<[string, EventBody]>([
    ['it is heard again', { type: 'peer-heard', peer, afterMs: 30_000 }],
    ['it is started again', { type: 'peer-restarting', peer, delayMs: 0 }],
  ])('is as before when %s', (_, end) => {
    expect(stateAfter(connected, silent, end)).toEqual(stateAfter(connected));
  });

  test('says of a dead one that it is dead', () => {
    expect(stateAfter(connected, silent, died)).toEqual(stateAfter(connected, died));
  });

  test('is told in the pane: how many are silent, and of the chosen one for how long', () => {
    const rig = createRig({ columns: 120, rows: 30 });
    const run = crowd({ peers: 3, zeroMs: 1000 });
    const first = run.find((event) => event.type === 'peer-status');
    if (first === undefined) throw new Error('no status');
    rig.hear(...run.filter((event) => event.type !== 'run-ended'));
    rig.hear({ seq: 9_999, time: '', atMs: 900_000, type: 'peer-silent', peer: first.peer, forMs: 12_000, lastAt: '' });
    expect(rig.screen()).toMatch(/3 alive \(1 silent\)/);
    expect(rig.screen()).toMatch(/silent for 12 s/);
  });
});

describe('a line', () => {
  test('right stands at the edge, left gives way', () => {
    const line = spread([{ text: 'left of all' }], [{ text: 'right' }], 14, '…');
    expect(line.map(({ text }) => text).join('')).toBe('left o…  right');
    expect(lineWidth(spread([{ text: '東京' }], [{ text: 'x' }], 20, '…'))).toBe(20);
  });

  test('cut in the middle of a wide character it is shorter, never longer', () => {
    for (let width = 0; width < 8; width++)
      expect(lineWidth(cutLine([{ text: '東' }, { text: '京都' }], width, '…'))).toBeLessThanOrEqual(width);
  });
});

describe('repaint', () => {
  test('writes only the rows that differ, each at its place', () => {
    expect(repaint(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\u001b[?2026h\u001b[2;1H\u001b[0m\u001b[2Kx\u001b[?2026l');
    expect(repaint(['a'], ['a'])).toBe('');
  });

  test('knows nothing of a screen that it has not drawn', () => {
    expect(repaint(undefined, ['a', 'b'])).toContain('\u001b[2J');
  });
});

describe('the time of a run', () => {
  const event = (type: 'run-started' | 'phase', atMs: number, time = '2026-02-03T14:02:11.000Z') =>
    ({ ...crowd({ peers: 1, zeroMs: 1000 }).find((one) => one.type === type), atMs, time }) as never;

  test('goes on between events, and does not go back for one that was late', () => {
    let now = 500;
    const time = createRunTime({ now: () => now });
    time.hear(event('run-started', 0));
    now = 1500;
    expect(time.now()).toBe(1000);
    time.hear(event('phase', 900));
    expect(time.now()).toBe(1000);
    time.hear(event('phase', 1400));
    expect(time.now()).toBe(1400);
    time.stop();
    now = 9000;
    expect(time.now()).toBe(1400);
  });

  test('of a run that began long ago it is told by the wall clock', () => {
    const wall = Date.UTC(2026, 1, 3, 14, 3, 11);
    const time = createRunTime({ now: () => 7, wall: () => wall });
    time.hear(event('run-started', 0));
    time.hear(event('phase', 2000));
    expect(time.now()).toBe(60_000);
  });
});

describe('the latch', () => {
  test('nothing is done once it is closed', () => {
    const latch = createLatch(latchMemory());
    let done = 0;
    latch.unlessClosed(() => {
      done += 1;
    });
    latch.close(0);
    latch.unlessClosed(() => {
      done += 1;
    });
    expect(done).toBe(1);
  });

  test('closing waits for the work that another thread has under way', async () => {
    const memory = latchMemory();
    const cells = new Int32Array(memory);
    // Work that ends when the latch is closed: had closing not waited, it would find the work unfinished.
    const code = `const cells = new Int32Array(require('node:worker_threads').workerData);
      Atomics.store(cells, 1, 1);
      require('node:worker_threads').parentPort.postMessage('at work');
      while (Atomics.load(cells, 0) === 0);
      Atomics.store(cells, 1, 0);
      Atomics.notify(cells, 1);`;
    const worker = new Worker(code, { eval: true, workerData: memory });
    await new Promise((resolve) => worker.once('message', resolve));
    createLatch(memory).close(20_000);
    expect(Atomics.load(cells, 1)).toBe(0);
    await worker.terminate();
  });
});
