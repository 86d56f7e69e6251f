import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { createConsoleView } from '../../../src/views/console/console-view.ts';
import { createTuiView, type TuiOptions } from '../../../src/views/tui/create-tui-view.ts';
import type { Frame } from '../../../src/views/tui/frame.ts';
import { parseKeys } from '../../../src/views/tui/keys.ts';
import type { ScreenListener } from '../../../src/views/tui/tui-screen.ts';
import { fakeTerminal } from '../fake-terminal.ts';
import { cannotStart, dies, passes } from '../scenarios.ts';
import { crowd, until } from './crowd.ts';

interface Stage {
  readonly frames: Frame[];
  readonly asked: string[];
  readonly view: ReturnType<typeof createTuiView>;
  readonly terminal: ReturnType<typeof fakeTerminal>;
  taken(): boolean;
  /** Whether the frames that are drawn reach the screen. */
  slow: boolean;
  at(ms: number): void;
  tick(): void;
  ticking(): boolean;
  hear(events: readonly TmEvent[]): void;
  press(input: string): void;
  breaks(because: string): void;
}

function stageOf(mode: TuiOptions['mode']): Stage {
  const frames: Frame[] = [];
  const asked: string[] = [];
  const terminal = fakeTerminal({ isTTY: false });
  let listener: ScreenListener | undefined;
  let ticks: (() => void) | undefined;
  let now = 0;
  const stage = { slow: false };
  const view = createTuiView({
    screen: {
      open: (heard) => {
        listener = heard;
      },
      size: () => ({ columns: 80, rows: 24 }),
      ready: () => !stage.slow,
      draw: (frame) => void frames.push(frame),
      forget: () => void asked.push('redraw'),
      close: () => {
        listener = undefined;
      },
    },
    unicode: true,
    logLevel: 'info',
    peers: [],
    clock: { now: () => now },
    every: (_ms, tick) => {
      ticks = tick;
      return () => {
        ticks = undefined;
      };
    },
    mode,
    quit: () => void asked.push('quit'),
    interrupt: () => void asked.push('interrupt'),
    lines: (through) => createConsoleView({ ...through(terminal), unicode: true, verbose: false, logLevel: 'info' }),
  });
  return Object.assign(stage, {
    frames,
    asked,
    view,
    terminal,
    taken: () => listener !== undefined,
    at: (ms: number) => {
      now = ms;
    },
    tick: () => ticks?.(),
    ticking: () => ticks !== undefined,
    hear: (events: readonly TmEvent[]) => {
      for (const event of events) {
        now = Math.max(now, event.atMs);
        view.event(event);
      }
    },
    press: (input: string) => {
      for (const key of parseKeys(input).keys) listener?.key(key);
    },
    breaks: (because: string) => listener?.failed(because),
  });
}

const CROWD = crowd({ peers: 30, zeroMs: 1000 });

describe('a run', () => {
  test('takes the terminal when applying begins, and gives it back with the verdict below it', async () => {
    const stage = stageOf('run');
    stage.hear(until(dies(), 203));
    expect(stage.taken()).toBe(false);
    stage.hear(until(dies(), 3000).filter(({ atMs }) => atMs > 203));
    expect(stage.taken()).toBe(true);
    const before = stage.terminal.raw();
    stage.hear(dies().filter(({ atMs }) => atMs > 3000));
    expect(stage.taken()).toBe(false);
    expect(stage.ticking()).toBe(false);
    await stage.view.close();
    expect(before).toContain('smoke-5peer · 5 peers');
    expect(stage.terminal.raw().slice(before.length)).toMatch(/^✖ failed after/);
    expect(stage.terminal.raw().match(/failed after/g)).toHaveLength(1);
  });

  test('one that cannot start never takes it', async () => {
    const stage = stageOf('run');
    stage.hear(cannotStart());
    await stage.view.close();
    expect(stage.frames).toEqual([]);
    expect(stage.terminal.raw()).toContain('could not start');
  });

  test('q asks once for the end and stays; Ctrl-C is passed on', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    stage.press('q\u0003\u000c');
    expect(stage.asked).toEqual(['quit', 'interrupt', 'redraw']);
    expect(stage.taken()).toBe(true);
  });

  test('a screen that fails leaves the run to lines, at once', async () => {
    const stage = stageOf('run');
    stage.hear(until(dies(), 20_000));
    stage.breaks('out of ink');
    stage.hear(dies().filter(({ atMs }) => atMs > 20_000));
    await stage.view.close();
    expect(stage.ticking()).toBe(false);
    expect(stage.terminal.raw()).toMatch(/the screen cannot be drawn \(out of ink\); lines follow\n.*▸ rotate-key/);
    expect(stage.terminal.raw()).toMatch(/✖ failed after/);
  });

  test('left in the middle, as by a second signal, the terminal is free', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    stage.view.leave?.();
    expect(stage.taken()).toBe(false);
    const frames = stage.frames.length;
    stage.tick();
    stage.hear(CROWD.filter(({ atMs }) => atMs > 3000));
    expect(stage.frames).toHaveLength(frames);
  });
});

describe('a watch', () => {
  test('is there from the beginning, and stays when the run has ended until somebody leaves', async () => {
    const stage = stageOf('watch');
    expect(stage.taken()).toBe(true);
    stage.hear(passes());
    let closed = false;
    const closing = stage.view.close().then(() => {
      closed = true;
    });
    await Promise.resolve();
    expect(closed).toBe(false);
    expect(stage.taken()).toBe(true);
    expect(stage.terminal.raw()).toBe('');
    stage.press('q');
    await closing;
    expect(stage.taken()).toBe(false);
    expect(stage.terminal.raw()).toMatch(/^✔ passed/);
  });

  test('left before the end it does not wait', async () => {
    const stage = stageOf('watch');
    stage.hear(until(passes(), 3000));
    stage.press('q');
    await stage.view.close();
    expect(stage.asked).toEqual(['quit']);
    expect(stage.taken()).toBe(false);
  });
});

describe('frames', () => {
  test('no event makes one: a flood costs what a tick costs', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    const before = stage.frames.length;
    stage.hear(CROWD.filter(({ atMs }) => atMs > 3100 && atMs < 9100));
    expect(stage.frames).toHaveLength(before);
    stage.tick();
    expect(stage.frames).toHaveLength(before + 1);
  });

  test('a terminal that does not take the last one gets no other', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    const before = stage.frames.length;
    stage.slow = true;
    for (let i = 0; i < 50; i++) stage.tick();
    stage.press('\t\t?');
    expect(stage.frames).toHaveLength(before);
    stage.slow = false;
    stage.tick();
    expect(stage.frames).toHaveLength(before + 1);
  });

  test('none is begun just before a command is due, but not for ever', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    const before = stage.frames.length;
    // The next one is due at 2.5 s of the timeline.
    stage.at(3498);
    stage.tick();
    stage.tick();
    expect(stage.frames).toHaveLength(before);
    stage.tick();
    expect(stage.frames).toHaveLength(before + 1);
  });

  test('the clock goes on between events, and stands still after the end', () => {
    const stage = stageOf('watch');
    const clock = () => JSON.stringify(stage.frames.at(-1)?.header[0]);
    stage.hear(until(passes(), 10_000));
    stage.at(11_234);
    stage.tick();
    expect(clock()).toContain('T+ 9.1 s');
    stage.hear(passes().filter(({ atMs }) => atMs > 10_000));
    stage.tick();
    const last = clock();
    const frames = stage.frames.length;
    stage.at(99_000);
    stage.tick();
    expect(stage.frames).toHaveLength(frames);
    stage.press('\t');
    expect(clock()).toBe(last);
  });

  test('colours of peers are sent once', () => {
    const stage = stageOf('run');
    stage.hear(until(CROWD, 3100));
    for (let i = 0; i < 5; i++) stage.tick();
    expect(stage.frames.filter(({ peers }) => peers !== undefined)).toHaveLength(1);
  });
});
