/**
 * Plays a scripted run in real time, to be looked at:
 *   npx tsx test/views/demo.ts [passes|dies|expects|interrupted|cannot-start|many|rude] [--speed=n] [--ascii] [--verbose] [--watch] [--json] [--log]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type { TmEvent } from '../../src/model/event.ts';
import { createJsonView } from '../../src/views/json/json-view.ts';
import type { Output } from '../../src/views/output.ts';
import { createRunLog } from '../../src/views/run-log/run-log.ts';
import { createRunView } from '../../src/views/run-view.ts';
import type { View } from '../../src/views/view.ts';
import { createWatchView } from '../../src/views/watch/watch-view.ts';
import { cannotStart, dies, expects, isInterrupted, manyPeers, passes, rudeLogs } from './scenarios.ts';

const scenarios: Readonly<Record<string, () => readonly TmEvent[]>> = {
  passes,
  dies,
  expects,
  interrupted: isInterrupted,
  'cannot-start': cannotStart,
  many: manyPeers,
  rude: rudeLogs,
};

const [name = 'passes'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const has = (option: string): boolean => process.argv.includes(`--${option}`);
const speed = Number(process.argv.find((word) => word.startsWith('--speed='))?.slice('--speed='.length) ?? 1);
const script = scenarios[name];
if (script === undefined) throw new Error(`no scenario ${name}: ${Object.keys(scenarios).join(', ')}`);

const outputOf = (stream: NodeJS.WriteStream, color: boolean | { level: number }): Output => ({
  write: (text) => void stream.write(text),
  width: () => stream.columns ?? 80,
  height: () => stream.rows ?? 24,
  isTTY: stream.isTTY === true,
  color: new Chalk({ level: (typeof color === 'object' ? color.level : 0) as 0 | 1 | 2 | 3 }),
});
const stdout = outputOf(process.stdout, supportsColor);
const stderr = outputOf(process.stderr, supportsColorStderr);

function viewOf(): View {
  const shared = { unicode: !has('ascii'), verbose: has('verbose') };
  if (has('json')) return createJsonView(stdout);
  if (has('log')) return createRunLog({ append: stdout.write });
  if (has('watch')) return createWatchView({ ...stdout, ...shared, filter: { peers: [], level: 'info' }, json: false });
  return createRunView({ stdout, stderr, ...shared, logLevel: 'info' });
}

const view = viewOf();
let at = 0;
for (const event of script()) {
  if (event.atMs > at) await sleep((event.atMs - at) / speed);
  at = event.atMs;
  view.event(event);
}
await view.close();
