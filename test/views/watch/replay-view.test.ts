import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { createConsoleView } from '../../../src/views/console/console-view.ts';
import { createReplayView } from '../../../src/views/watch/replay-view.ts';
import { fakeTerminal } from '../fake-terminal.ts';
import { dies, expects } from '../scenarios.ts';

async function replayed(events: readonly TmEvent[], speed = 1, peers: readonly string[] = []): Promise<string> {
  const terminal = fakeTerminal({ isTTY: false });
  const view = createReplayView({
    ...terminal,
    unicode: true,
    verbose: false,
    json: false,
    speed,
    filter: { peers, level: 'info' },
  });
  for (const event of events) view.event(event);
  await view.close();
  return terminal.raw();
}

async function applied(events: readonly TmEvent[]): Promise<string> {
  const terminal = fakeTerminal({ isTTY: false });
  const view = createConsoleView({ ...terminal, unicode: true, verbose: false, logLevel: 'info', steps: terminal });
  for (const event of events) view.event(event);
  await view.close();
  return terminal.raw();
}

const body = (text: string): string => text.slice(text.indexOf('\n'));

describe('a replay', () => {
  test.each([
    ['dies', dies()],
    ['expects', expects()],
  ])('of a run that %s has the lines that tm apply wrote, up to what to type next', async (_name, events) => {
    const then = body(await applied(events));
    expect(body(await replayed(events))).toBe(then.slice(0, then.indexOf('  next')));
  });

  test('says which run, of when, and how fast', async () => {
    const first = async (speed: number): Promise<string> => (await replayed(dies(), speed)).split('\n')[0] ?? '';
    expect(await first(1)).toBe('replaying smoke-5peer-2026-02-03-14-02-11 · 2026-02-03 14:02:11 UTC · 5 peers');
    expect(await first(10)).toContain('UTC · 10 times as fast · 5 peers');
    expect(await first(0)).toContain('UTC · at once · 5 peers');
  });

  test('of a run that did not end says so at the end', async () => {
    expect(await replayed(dies().slice(0, 10))).toMatch(
      /\nthe replay ends here, before the end of smoke-5peer-2026-02-03-14-02-11\n$/,
    );
  });

  test('of chosen peers shows these', async () => {
    const text = await replayed(expects(), 1, ['eve']);
    expect(text).toContain('pull: no messages');
    expect(text).not.toContain('got hello-from-alice');
    expect(text).toContain('failed after');
  });
});
