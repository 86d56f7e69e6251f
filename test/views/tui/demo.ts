/**
 * Plays a crowd on the whole terminal, to be looked at: `npx tsx test/views/tui/demo.ts [peers] [--names] [--ascii] [--flood] [--watch]`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext } from '../../../src/cli/create-context.ts';
import { createTerminalTui } from '../../../src/cli/tui/terminal-tui.ts';
import type { TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { createConsoleView } from '../../../src/views/console/console-view.ts';
import { crowd, UNUSUAL_NAMES } from './crowd.ts';

const has = (option: string): boolean => process.argv.includes(`--${option}`);
const peers = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 200);
const context = { ...createContext(), unicode: !has('ascii') };
let left = false;
const view = createTerminalTui(context, {
  mode: has('watch') ? 'watch' : 'run',
  logLevel: 'info',
  quit: () => {
    left = true;
  },
  lines: (through) =>
    createConsoleView({ ...through(context.stdout), unicode: true, verbose: false, logLevel: 'info' }),
});
process.once('SIGINT', () => {
  left = true;
});
const events = crowd({ peers, zeroMs: 3000, names: has('names') ? UNUSUAL_NAMES : [] });
const began = performance.now();
let flooded = 0;
for (const event of events) {
  while (!left && performance.now() - began < event.atMs) {
    if (has('flood')) flood((performance.now() - began) * 50);
    await sleep(Math.min(10, Math.max(0, event.atMs - (performance.now() - began))));
  }
  if (left) break;
  view.event(event);
}
await view.close();

/** Fifty thousand lines a second. */
function flood(until: number): void {
  for (; flooded < until; flooded++)
    view.event({
      seq: 1e6 + flooded,
      atMs: performance.now() - began,
      time: '2026-02-03T14:02:11.031Z',
      type: 'log',
      peer: peerName(`peer-${String(flooded % peers).padStart(3, '0')}`),
      level: 'info',
      message: `flood ${flooded} ${'lorem ipsum '.repeat(5)}`,
    } satisfies TmEvent);
}
