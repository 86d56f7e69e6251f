/** `report.json`: the run in short, for programs. Its schema is `schemas/report.schema.json`; members are added, not changed. */
import type { Sighting } from '../../model/expectation.ts';
import type { CommandFacts, PeerFacts } from '../run-model/run-facts.ts';
import type { Account, Judged } from './account.ts';
import { commandFate, commandTimes } from './command-times.ts';

const VERSION = 1;

export function reportJson(account: Account): string {
  const { facts, answer, zeroMs, zeroIs, tookMs, expectations, rules, peers, commands, evidence } = account;
  const { run, described, bus, ended, verdict, timelineEnded } = facts;
  const report = {
    version: VERSION,
    tm: run?.version,
    test: run?.test,
    run: run?.run,
    file: run?.file,
    directory: run?.directory,
    began: run?.time,
    ended: ended?.time,
    tookMs,
    exitCode: ended?.exitCode,
    verdict: {
      kind: answer.kind,
      reasons: answer.reasons,
      ...(verdict?.verdict.kind === 'interrupted' ? { by: verdict.verdict.by } : {}),
      ...(verdict?.verdict.kind === 'errored' ? { faults: verdict.verdict.faults } : {}),
    },
    zero: { is: zeroIs, afterMs: zeroMs },
    ...(facts.zeroMs === undefined ? {} : { timeline: { commands: commands.length, tookMs: timelineEnded?.ms } }),
    vars: described?.vars ?? {},
    expectations: expectations.map(expectationJson),
    rules: rules.map(({ rule, text, outcome, reasons }) => ({ rule, text, outcome, reasons })),
    peers: peers.map((peer) => peerJson(peer, zeroMs)),
    commands: commands.map((command) => ({ index: command.index, ...commandJson(command, account) })),
    messages: facts.messages.map((message) => ({
      origin: message.origin,
      by: message.by,
      ...commandJson(message, account),
    })),
    hosts: facts.hosts.map(({ host, engine, clock }) => ({ host, engine, clock })),
    redis: bus === undefined ? undefined : { server: bus.redis, precision: bus.precision },
    notices: facts.notices.map(({ atMs, text, hint }) => ({ atMs: offset(atMs, zeroMs), text, hint })),
    left: ended?.left ?? [],
    evidence,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function expectationJson({ expectation, outcome, because, window, sightings, around, late }: Judged) {
  const { id, text, line, peers, never } = expectation;
  return {
    id,
    text,
    line,
    peers,
    never,
    outcome,
    because,
    window,
    sightings: sightings.map(sightingJson),
    around: around.map(sightingJson),
    late: late === undefined ? undefined : sightingJson(late),
  };
}

const sightingJson = ({ peer, kind, text, atMs }: Sighting) => ({ peer, kind, text, atMs });

function peerJson(facts: PeerFacts, zeroMs: number) {
  const { peer, host, image, life, statuses, died, exited, restarts, silences, logs } = facts;
  const end = died ?? exited;
  return {
    peer,
    host,
    image,
    life,
    end:
      end === undefined
        ? undefined
        : {
            atMs: offset(end.atMs, zeroMs),
            exitCode: end.exitCode,
            ...(died === undefined ? {} : { oomKilled: died.oomKilled, lastLines: died.lastLines }),
          },
    restarts: restarts.map(({ atMs, delayMs }) => ({ atMs: offset(atMs, zeroMs), delayMs })),
    silences: silences.map(({ fromMs, toMs, lastAt }) => ({
      fromMs: offset(fromMs, zeroMs),
      toMs: toMs === undefined ? undefined : offset(toMs, zeroMs),
      lastAt,
    })),
    statuses: statuses.map(({ atMs, status, missed, via, reportedAt }) => ({
      atMs: offset(atMs, zeroMs),
      status,
      missed,
      via,
      reportedAt,
    })),
    logs,
  };
}

function commandJson(command: CommandFacts, account: Account) {
  const { dueMs, sentMs, lateMs } = commandTimes(command, account);
  return {
    peer: command.peer,
    command: command.command,
    fate: commandFate(command),
    dueMs,
    sentMs: sentMs === undefined ? undefined : offset(sentMs, 0),
    lateMs,
    takenAfterMs: command.takenAfterMs,
    waitedFromMs: command.waiting === undefined ? undefined : offset(command.waiting.atMs, account.zeroMs),
    because: command.skipped,
  };
}

/** Without the dust of floating point: microseconds. */
const offset = (atMs: number, zeroMs: number): number => Math.round((atMs - zeroMs) * 1000) / 1000;
