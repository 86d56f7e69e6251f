import { relative } from 'node:path';
import type { TmEvent } from '../../model/event.ts';
import { TmError } from '../../model/fault.ts';
import type { PeerName } from '../../model/names.ts';
import { LOG_LEVELS } from '../../model/wire.ts';
import type { Archive, ArchivedRun } from '../../ports/archive.ts';
import { followLines } from '../../run/follow-lines.ts';
import { createLogView } from '../../views/lists/log-view.ts';
import { createPalette } from '../../views/palette.ts';
import type { View } from '../../views/view.ts';
import { parseEvent } from '../../views/watch/parse-event.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { choosePeers, isPattern } from '../input/choose-peers.ts';
import { onEndSignals } from '../run/signals.ts';
import { createArchive, createWorld } from '../wire.ts';

/** What this command reads of a journal; other lines are not even parsed. */
const WANTED = ['"type":"run-started"', '"type":"timeline-started"', '"type":"log"'] as const;

/** `tm logs [peer…]`: the log lines of the newest run, or of `--run`; with `-f` until it ends. Reads only. */
export async function logsCommand(args: Args, context: Context): Promise<number> {
  const archive = createArchive(context);
  const run = await archive.find(args.run);
  const leave = new AbortController();
  process.stdout.once('error', () => leave.abort());
  const quiet = onEndSignals(
    () => leave.abort(),
    () => process.exit(0),
  );
  try {
    const lines = args.follow ? followed(archive, run, leave, context) : archive.journal(run);
    const told = await tellAll(lines, args, context, leave.signal);
    if (!args.json && !leave.signal.aborted) await tellWhereMoreIs(told, { archive, run }, args, context);
    return 0;
  } finally {
    quiet();
  }
}

/** Peers that were asked for, and of those the ones whose lines were told. */
interface Told {
  readonly asked: ReadonlySet<PeerName>;
  readonly heard: ReadonlySet<PeerName>;
}

async function tellAll(lines: AsyncIterable<string>, args: Args, context: Context, signal: AbortSignal): Promise<Told> {
  const level = args.level ?? 'trace';
  const grave = (event: TmEvent & { readonly type: 'log' }): boolean =>
    LOG_LEVELS.indexOf(event.level) <= LOG_LEVELS.indexOf(level);
  let asked: ReadonlySet<PeerName> = new Set();
  const heard = new Set<PeerName>();
  let view: View | undefined;
  for await (const line of lines) {
    if (signal.aborted) break;
    if (!WANTED.some((type) => line.includes(type))) continue;
    const event = parseEvent(line);
    if (event === undefined) continue;
    if (event.type === 'run-started') {
      asked = choosePeers(args.operands, event.peers);
      const { stdout, unicode } = context;
      view = args.json ? undefined : createLogView({ ...stdout, unicode, peers: asked, level });
    }
    view?.event(event);
    if (event.type !== 'log' || !asked.has(event.peer) || !grave(event)) continue;
    heard.add(event.peer);
    if (args.json) context.stdout.write(`${line}\n`);
  }
  return { asked, heard };
}

/** The lines of the journal as they are written, to the end of the run. */
function followed(archive: Archive, run: ArchivedRun, leave: AbortController, context: Context): AsyncIterable<string> {
  const { clock, stores, self } = createWorld(context);
  const isThere = async (): Promise<boolean> => {
    const test = await testOf(archive, run);
    return (await stores.open(test).holder(self.machine))?.run === run.run;
  };
  return followLines(archive.journal(run, { follow: leave.signal }), { clock, isThere, patience: 1, leave });
}

async function testOf(archive: Archive, run: ArchivedRun) {
  for await (const line of archive.journal(run)) {
    const event = parseEvent(line);
    if (event?.type === 'run-started') return event.test;
  }
  throw new TmError({ kind: 'failed', message: `the journal of ${run.run} names no test` });
}

/** Of peers that were asked for by name: where all is that their containers wrote, which logs are only a part of. */
async function tellWhereMoreIs(
  { asked, heard }: Told,
  { archive, run }: { readonly archive: Archive; readonly run: ArchivedRun },
  { operands }: Args,
  { stderr }: Context,
): Promise<void> {
  const say = (text: string): void => stderr.write(`${createPalette(stderr.color).tone.quiet(text)}\n`);
  if (operands.length === 0 || operands.some(isPattern)) {
    if (heard.size === 0)
      say(
        `${asked.size === 1 ? 'its peer' : 'none of its peers'} logged ${asked.size === 1 ? 'nothing' : 'anything'} of that level`,
      );
    return;
  }
  for (const peer of asked) {
    const path = relative(process.cwd(), `${run.path}/containers/${peer}.log`);
    const kept = await hasContent(archive.containerLog(run, peer));
    const silent = heard.has(peer) ? '' : `${peer} logged nothing; `;
    if (kept) say(`${silent}all that it wrote to stdout and stderr: ${path}`);
    else if (silent !== '') say(`${silent}nothing that it wrote to stdout and stderr is kept yet`);
  }
}

async function hasContent(pieces: AsyncIterable<string>): Promise<boolean> {
  for await (const piece of pieces) if (piece !== '') return true;
  return false;
}
