import { dirname, resolve } from 'node:path';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { RunSummary } from '../../model/run-summary.ts';
import type { TestStatus } from '../../model/test-status.ts';
import type { Archive, ArchivedRun } from '../../ports/archive.ts';
import { type StatusRequest, statusTest } from '../../run/status-test.ts';
import { summarizeRun } from '../../run/summarize-run.ts';
import { exitCodeOfFault } from '../../run/verdict.ts';
import type { World } from '../../run/world.ts';
import type { StatusReport } from '../../views/lists/status-headline.ts';
import { statusLines } from '../../views/lists/status-view.ts';
import type { RunFacts } from '../../views/run-model/run-facts.ts';
import { createRunModel } from '../../views/run-model/run-model.ts';
import { silentSince } from '../../views/run-model/silent-since.ts';
import { parseEvent } from '../../views/watch/parse-event.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import { loadTest } from '../input/load-test.ts';
import { printFault, printFaults } from '../output/print-faults.ts';
import { untilSignal } from '../run/until-signal.ts';
import { createArchive, createWorld } from '../wire.ts';

/** `tm status [config]`: what stands of a test now; 0, or 4 where something of it cannot be reached. Reads only. */
export async function statusCommand(args: Args, context: Context): Promise<number> {
  const world = createWorld(context);
  const archive = createArchive(context);
  return untilSignal(async (signal) => {
    const request = await requestOf(args, context, world);
    if (request === 'invalid') return 3;
    const report = await reportOf(request, world, archive, signal);
    const { stdout, unicode } = context;
    const lines = args.json ? [JSON.stringify(jsonOf(report))] : statusLines(report, stdout, unicode);
    stdout.write(lines.map((line) => `${line}\n`).join(''));
    return exitCodeOf(report.status);
  });
}

/** The test of the config, else the one that was used last here. */
async function requestOf(args: Args, context: Context, { stores }: World): Promise<StatusRequest | 'invalid'> {
  const redis = args.redisUrl === undefined ? {} : { externalRedis: new Secret(args.redisUrl) };
  if (args.config !== undefined) {
    const { desired, faults } = await loadTest(args.config, args, context, redis.externalRedis);
    printFaults(
      faults.filter(({ severity }) => severity === 'error'),
      args,
      context,
    );
    if (desired === undefined) return 'invalid';
    const { test, hosts } = desired.spec;
    return { test, hosts, peers: desired.peers, ...redis };
  }
  const [state] = await stores.known((fault) => printFault(fault, args, context));
  if (state !== undefined) return { test: state.test, hosts: state.hosts, peers: [], ...redis };
  throw new TmError({
    kind: 'usage',
    message: '.tm/ remembers no test here',
    hint: 'name its config: tm status config.yaml',
  });
}

async function reportOf(
  request: StatusRequest,
  world: World,
  archive: Archive,
  signal: AbortSignal,
): Promise<StatusReport> {
  const { clock, self, stores } = world;
  const store = stores.open(request.test);
  const holder = await store.holder(self.machine);
  const kept = await keptRuns(archive, store.path);
  const facts = await factsOf(
    archive,
    kept.find(({ run }) => run === holder?.run),
  );
  // Without a config the peers are known from the journal alone.
  const described = facts?.described?.peers ?? [];
  const peers = request.peers.length > 0 ? request.peers : described;
  const status = await statusTest(world, { ...request, peers }, signal);
  const began = facts?.run === undefined ? undefined : Date.parse(facts.run.time);
  const last = status.holder === undefined ? await lastRun(archive, kept) : undefined;
  return {
    status,
    ...(facts === undefined ? {} : { facts }),
    ...(began === undefined ? {} : { elapsedMs: clock.wall() - began }),
    ...(last === undefined ? {} : { last }),
  };
}

/** The runs of one test, newest first. */
async function keptRuns(archive: Archive, storePath: string): Promise<readonly ArchivedRun[]> {
  const home = resolve(storePath);
  return (await archive.runs()).filter(({ path }) => dirname(dirname(path)) === home);
}

async function lastRun(archive: Archive, [newest]: readonly ArchivedRun[]): Promise<RunSummary | undefined> {
  return newest === undefined ? undefined : summarizeRun(archive, newest, async () => false);
}

/** What the journal of the run under way says of it; its log lines, which are most of it, are passed over. */
async function factsOf(archive: Archive, run: ArchivedRun | undefined): Promise<RunFacts | undefined> {
  if (run === undefined) return undefined;
  const model = createRunModel({ keepLogs: 0 });
  for await (const line of archive.journal(run)) {
    const event = line.includes('"type":"log"') ? undefined : parseEvent(line);
    if (event !== undefined) model.hear(event);
  }
  return model.facts;
}

function exitCodeOf({ hosts, redis, holder }: TestStatus): number {
  const faults = hosts.flatMap((host) => (host.kind === 'unreachable' ? [host.fault] : []));
  // Without a run, a Redis that is no more is no surprise.
  if (redis.kind === 'unreachable' && holder !== undefined) faults.push(redis.fault);
  return Math.max(0, ...faults.map(exitCodeOfFault));
}

/** For programs: what stands, and of the run under way how far it is. */
function jsonOf({ status, facts, elapsedMs, last }: StatusReport): object {
  const run =
    facts === undefined
      ? {}
      : {
          phase: facts.phase,
          commands: {
            sent: facts.commands.filter(({ sentAtMs }) => sentAtMs !== undefined).length,
            all: facts.commands.length,
          },
          expectations: Object.fromEntries(
            (['met', 'unmet', 'undecided'] as const).map((outcome) => [
              outcome,
              facts.expectations.filter(({ decided }) => decided?.outcome === outcome).length,
            ]),
          ),
          silent: [...facts.peers.values()].filter((peer) => silentSince(peer) !== undefined).map(({ peer }) => peer),
          died: [...facts.peers.values()].filter(({ life }) => life === 'died').map(({ peer }) => peer),
        };
  return {
    ...status,
    ...run,
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
    ...(last === undefined ? {} : { last }),
  };
}
