import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crowd, until } from './crowd.ts';
import { createRig } from './rig.ts';

const EVENTS = crowd({ peers: 30, zeroMs: 1000 });

function rigAt(ms: number, size = { columns: 100, rows: 30 }) {
  const rig = createRig(size);
  rig.hear(...until(EVENTS, ms));
  return rig;
}

describe('panes', () => {
  test('tab goes round, back-tab the other way, and a pane that is gone is not gone to', () => {
    const rig = rigAt(600);
    const seen = Array.from({ length: 6 }, () => {
      const { focus } = rig.state();
      rig.press('\t');
      return focus;
    });
    expect(seen).toEqual(['peers', 'steps', 'timeline', 'expectations', 'log', 'peers']);
    rig.hear(...EVENTS.filter(({ atMs }) => atMs > 600 && atMs < 5000));
    expect(rig.built().scene.panes).not.toContain('steps');
    rig.built();
    expect(rig.built().scene.panes).toContain(rig.state().focus);
  });

  test('arrows choose a peer in the grid, and leave it at its edges', () => {
    const rig = rigAt(5000);
    const { columns } = rig.built().scene.grid;
    expect(columns).toBeGreaterThan(1);
    rig.press('\u001b[C\u001b[B');
    expect(rig.state().cursor).toBe(1 + columns);
    rig.press('\u001b[D\u001b[D');
    expect(rig.state()).toMatchObject({ cursor: columns, focus: 'log' });
  });

  test('z and enter show a pane alone, and everything again', () => {
    const rig = rigAt(5000);
    rig.press('\t\r');
    expect(rig.built().frame.panes.map(({ id }) => id)).toEqual(['timeline']);
    rig.press('z');
    expect(rig.built().frame.panes.length).toBeGreaterThan(3);
  });
});

describe('the log', () => {
  test('enter on a peer shows only its lines, and again those of all', () => {
    const rig = rigAt(9000);
    const all = rig.built().scene.log.end;
    rig.press('\r');
    expect(rig.state().log.peer).toBe('peer-000');
    expect(rig.built().scene.log.end).toBeLessThan(all);
    rig.press('\r');
    expect(rig.built().scene.log.end).toBe(all);
  });

  test('/ filters by text while it is typed, whatever the case; enter keeps it, esc clears it', () => {
    const rig = rigAt(9000);
    const all = rig.built().scene.log.end;
    rig.press('/LINE 1');
    expect(rig.state()).toMatchObject({ typing: true, focus: 'log', log: { text: 'LINE 1' } });
    const some = rig.built().scene.log.end;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    // Letters are text now, not keys.
    rig.press('q?\u007f\u007f\r');
    expect(rig.state()).toMatchObject({ typing: false, log: { text: 'LINE 1' } });
    rig.press('\u001b');
    expect(rig.built().scene.log.end).toBe(all);
  });

  test('levels by number, and one after the other', () => {
    const rig = rigAt(9000);
    const counts = ['1', '2', '3', '4', '5'].map((level) => {
      rig.press(level);
      return rig.built().scene.log.end;
    });
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(5);
    rig.press('l');
    expect(rig.state().log.level).toBe('error');
  });

  test('scrolled back it stands still while lines come; at its end, or with f, it follows again', () => {
    const rig = rigAt(9000);
    rig.press('\u001b[Z\u001b[5~');
    const shown = rig.screen().split('\n').at(-4);
    rig.hear(...EVENTS.filter(({ atMs }) => atMs > 9000 && atMs < 12_000));
    expect(rig.screen().split('\n').at(-4)).toBe(shown);
    expect(rig.screen()).toMatch(/\d+ newer below/);
    rig.press('G');
    expect(rig.state().log.end).toBeUndefined();
    rig.press('gf');
    expect(rig.state().log.end).toBeUndefined();
  });

  test('moves to the side', () => {
    const rig = rigAt(9000);
    rig.press('\u001b[Z\u001b[C');
    expect(rig.screen()).toMatch(/info {2}…ing happened here/);
    rig.press('\u001b[D');
    expect(rig.state().log.shift).toBe(0);
  });
});

describe('wishes', () => {
  test('q, Ctrl-C and Ctrl-L are for others to fulfil', () => {
    const rig = rigAt(5000);
    expect(rig.press('q\u0003\u000c')).toEqual(['stop', 'interrupt', 'redraw']);
    expect(rig.press('?\u0003/q\u0003')).toEqual(['interrupt', 'interrupt']);
  });
});

describe('any keys at all', () => {
  const KEYS = ['\t', '\u001b[Z', '\r', '\u001b', ...'?nlz/fqghjkG 12345x', '\u007f', '\u0015', '\u0003'];
  const ARROWS = ['A', 'B', 'C', 'D', 'H', 'F', '5~', '6~'].map((end) => `\u001b[${end}`);
  const key = fc.constantFrom(...KEYS, ...ARROWS).map((press) => ({ press }));
  const time = fc.integer({ min: 0, max: 3000 }).map((ms) => ({ ms }));
  const size = fc.record({ columns: fc.integer({ min: 1, max: 220 }), rows: fc.integer({ min: 1, max: 70 }) });

  test('what has the focus is there, what is scrolled is in its bounds, and each pane has its lines', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 6, arbitrary: key }, time, size), { maxLength: 60 }), (acts) => {
        const rig = createRig();
        let ms = 0;
        for (const act of acts) {
          if ('press' in act) rig.press(act.press);
          else if ('columns' in act) rig.resize(act);
          else {
            rig.hear(...EVENTS.filter(({ atMs }) => atMs > ms && atMs <= ms + act.ms));
            ms += act.ms;
          }
          const { frame, scene } = rig.built();
          const state = rig.state();
          expect(scene.panes).toContain(state.focus);
          expect(state.cursor === 0 || state.cursor < scene.grid.peers.length).toBe(true);
          expect(state.log.end ?? scene.log.end).toBeLessThanOrEqual(scene.log.end);
          for (const { top, count, rows } of Object.values(scene.scrolls)) {
            expect(top).toBeGreaterThanOrEqual(0);
            expect(top).toBeLessThanOrEqual(Math.max(0, count - rows));
          }
          expect(frame.panes.filter(({ focused }) => focused)).toHaveLength(1);
          for (const { rect, lines, heading } of frame.panes) {
            expect(lines.length + (heading === undefined ? 0 : 1)).toBeLessThanOrEqual(Math.max(1, rect.height));
            expect(rect.x + rect.width).toBeLessThanOrEqual(frame.size.columns);
            expect(rect.y + rect.height).toBeLessThanOrEqual(frame.size.rows + 1);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
