import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/views/display-width.ts';
import { dies, expects, isInterrupted, manyPeers, passes, rudeLogs } from '../scenarios.ts';
import { crowd, UNUSUAL_NAMES, until } from './crowd.ts';
import { createRig } from './rig.ts';

const ZERO = 2134;

describe('what a person sees', () => {
  test('80 × 24, in the middle of a run with expectations', () => {
    const rig = createRig();
    rig.hear(...until(expects(), ZERO + 12_000));
    expect(rig.screen()).toMatchSnapshot();
  });

  test('200 × 60, two hundred peers at once', () => {
    const rig = createRig({ columns: 200, rows: 60 });
    rig.hear(...until(crowd({ peers: 200, zeroMs: 3000 }), 9000));
    const screen = rig.screen();
    for (let i = 0; i < 200; i++) expect(screen).toContain(`peer-${String(i).padStart(3, '0')}`);
    expect(screen).toMatchSnapshot();
  });

  test('40 × 12: one pane under tabs', () => {
    const rig = createRig({ columns: 40, rows: 12 });
    rig.hear(...until(dies(), ZERO + 32_000));
    const seen = [rig.screen()];
    for (let i = 0; i < 2; i++) {
      rig.press('\t');
      seen.push(rig.screen());
    }
    expect(seen.join(`\n${'='.repeat(40)}\n`)).toMatchSnapshot();
  });

  test('without colours and without Unicode nothing is lost', () => {
    const rig = createRig({ unicode: false });
    rig.hear(...until(dies(), ZERO + 32_000));
    const screen = rig.screen();
    expect(screen).toMatch(/^[\x20-\x7e\n]*$/);
    expect(screen).toContain('x charlie out of memory');
    expect(screen).toMatch(/^> Peers/m);
  });

  test('applying: the steps, and those that failed', () => {
    const rig = createRig();
    rig.hear(...until(manyPeers(), 1000));
    expect(rig.screen()).toMatch(/Steps \d of \d done/);
    expect(rig.screen()).toContain('garage');
  });

  test('nothing is heard yet', () => {
    expect(createRig().screen()).toContain('waits for a run');
  });

  test('the verdict, with its reason', () => {
    const rig = createRig();
    rig.hear(...isInterrupted());
    expect(rig.screen()).toContain('■ interrupted by SIGINT: 4 of 5 commands were not sent');
    rig.hear(...passes());
    expect(rig.screen()).toContain('✔ passed');
  });

  test('a run that begins anew forgets the last one', () => {
    const rig = createRig();
    rig.hear(...dies(), ...until(passes(), 100));
    expect(rig.screen()).not.toContain('died');
    expect(rig.screen()).not.toContain('allocating');
  });
});

describe('every row fits', () => {
  test.each([
    [1, 1],
    [8, 3],
    [20, 5],
    [40, 12],
    [72, 18],
    [80, 24],
    [150, 40],
    [200, 60],
    [400, 100],
  ])('%i × %i', (columns, rows) => {
    const rig = createRig({ columns, rows });
    const events = [...crowd({ peers: 30, zeroMs: 1000, names: UNUSUAL_NAMES }), ...rudeLogs()];
    for (const part of [until(events, 500), until(events, 4000), events]) {
      rig.hear(...part);
      for (const keys of ['', '\t', '\t', '\t', '?', '\u001b', 'z', 'n', '\u001b', '/x', '\r']) {
        rig.press(keys);
        const lines = rig.screen().split('\n');
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('what peers write cannot leave its row', () => {
    const rig = createRig({ colors: 2 });
    rig.hear(...rudeLogs());
    rig.press('5');
    // Colours are ours; anything else that a terminal would obey is theirs.
    const text = rig
      .screen()
      .split('\u001b')
      .map((part, at) => (at === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
      .join('')
      .replaceAll('\n', '');
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
