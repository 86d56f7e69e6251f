import { describe, expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import type { AskedBy } from '../../../src/views/console/asked-by.ts';
import { nextSteps } from '../../../src/views/console/next-steps.ts';
import { createStoryteller, type Story } from '../../../src/views/console/story.ts';
import { cannotStart, createScript, dies, FIVE, isInterrupted, passes, runStarted } from '../scenarios.ts';

function storyOf(events: readonly TmEvent[]): Story {
  const tell = createStoryteller();
  const stories = events.map((event) => tell(event));
  return stories.at(-1)!;
}

const steps = (events: readonly TmEvent[], asked?: Partial<AskedBy>, shown = 'smoke.yaml') =>
  nextSteps(storyOf(events), () => shown, {
    program: 'tm apply',
    which: [],
    how: [],
    oneOfSeveral: false,
    ...asked,
  });

const WHICH = ['--var', 'size=9', '--var', "greeting=it's me"] as const;

/** A run that found the test in use, by a run of the same test. */
function isLockedOut(): readonly TmEvent[] {
  const script = createScript();
  const holder = {
    test: 'smoke-5peer',
    run: 'r',
    pid: 1,
    machine: 'm',
    user: 'u',
    since: '2026-01-01T00:00:00.000Z',
  };
  const verdict = { kind: 'errored', faults: [{ kind: 'locked', message: 'it is in use', holder }] } as const;
  script.at(0, runStarted(FIVE), { type: 'verdict', verdict } satisfies EventBody);
  return script.events;
}

describe('what to type next', () => {
  test('is what was typed, where nothing else was asked for', () => {
    expect(steps(dies())).toEqual(['tm logs charlie', 'tm replay', 'tm apply smoke.yaml']);
    expect(nextSteps(storyOf(dies()), () => 'smoke.yaml')).toEqual(steps(dies()));
    expect(steps(passes())).toEqual([]);
  });

  test('asks for the same test in the same way, each word fit for a shell', () => {
    const asked = { program: 'tm', which: WHICH, how: ['--fail-fast'] };
    expect(steps(dies(), asked).at(-1)).toBe(`tm smoke.yaml --var size=9 --var 'greeting=it'\\''s me' --fail-fast`);
    expect(steps(isInterrupted(), asked)).toEqual([
      `tm destroy smoke.yaml --var size=9 --var 'greeting=it'\\''s me'  # removes what is left`,
    ]);
    expect(steps(isLockedOut(), asked)).toEqual([
      `tm watch smoke.yaml --var size=9 --var 'greeting=it'\\''s me'  # shows the run that holds it`,
    ]);
  });

  test('goes on only with apply, whatever began it', () => {
    const events = cannotStart();
    const ended = events.map((event) =>
      event.type === 'run-ended' ? { ...event, left: ['garage: tm-alice'] } : event,
    );
    expect(steps(events)).toEqual([]);
    expect(steps(ended, { program: 'tm', which: ['--var', 'size=9'], how: ['--fail-fast'] })).toEqual([
      'tm apply smoke.yaml --var size=9 --fail-fast  # goes on from here, once that is mended',
      'tm destroy smoke.yaml --var size=9  # removes what is left',
    ]);
  });

  test('names the run where others follow, since those without a name mean the newest', () => {
    const [started] = dies();
    const run = started?.type === 'run-started' ? started.run : '';
    expect(steps(dies(), { oneOfSeveral: true })).toEqual([
      `tm logs charlie --run ${run}`,
      `tm replay ${run}`,
      'tm apply smoke.yaml',
    ]);
  });

  test.each([
    ['my test.yaml', `'my test.yaml'`],
    ['-v.yaml', './-v.yaml'],
    ['=smoke.yaml', `'=smoke.yaml'`],
    ['$(reboot).yaml', `'$(reboot).yaml'`],
    ['größe.yaml', 'größe.yaml'],
    ['~/a.yaml', `'~/a.yaml'`],
    ['', `''`],
  ])('takes a file called %s', (shown, expected) => {
    expect(steps(dies(), {}, shown).at(-1)).toBe(`tm apply ${expected}`);
  });
});
