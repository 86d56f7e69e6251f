/** What each event adds to what is known of a run. */
import type { DescribedPeer, TmEvent } from '../../model/event.ts';
import type { PeerName } from '../../model/names.ts';
import type { LogLevel } from '../../model/wire.ts';
import { shortTime } from '../short-time.ts';
import type {
  CommandFacts,
  EventOf,
  ExpectationFacts,
  LogFact,
  Notice,
  PeerFacts,
  RuleFacts,
  RunFacts,
  SilenceFact,
  StatusFact,
} from './run-facts.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
interface PeerState extends Writable<Omit<PeerFacts, 'statuses' | 'restarts' | 'silences' | 'logs'>> {
  readonly statuses: StatusFact[];
  readonly restarts: EventOf<'peer-restarting'>[];
  readonly silences: Writable<SilenceFact>[];
  readonly logs: Record<LogLevel, number>;
}
type Growing =
  | 'peers'
  | 'commands'
  | 'messages'
  | 'expectations'
  | 'rules'
  | 'logs'
  | 'notices'
  | 'hosts'
  | 'evidence'
  | 'steps';
export type State = Writable<Omit<RunFacts, Growing>> & {
  readonly peers: Map<PeerName, PeerState>;
  readonly commands: Writable<CommandFacts>[];
  readonly messages: Writable<CommandFacts>[];
  readonly expectations: Writable<ExpectationFacts>[];
  readonly rules: RuleFacts[];
  readonly logs: LogFact[];
  readonly notices: Notice[];
  readonly hosts: EventOf<'host-described'>[];
  readonly evidence: EventOf<'evidence-saved'>[];
  readonly steps: { finished: number; failed: number };
};

/** Nothing is known yet. */
export const nothing = (): State => ({
  phase: 'loading',
  nowMs: 0,
  peers: new Map(),
  commands: [],
  messages: [],
  expectations: [],
  rules: [],
  logs: [],
  forgottenLogs: 0,
  notices: [],
  steps: { finished: 0, failed: 0 },
  hosts: [],
  evidence: [],
});

function peerOf(state: State, peer: PeerName, described?: DescribedPeer): PeerState {
  const known = state.peers.get(peer);
  if (known !== undefined) {
    if (described !== undefined) Object.assign(known, described);
    return known;
  }
  const fresh: PeerState = {
    peer,
    ...described,
    statuses: [],
    life: 'waiting',
    restarts: [],
    silences: [],
    logs: { error: 0, warn: 0, info: 0, debug: 0, trace: 0 },
  };
  state.peers.set(peer, fresh);
  return fresh;
}

/** Takes in an event, in place; of the log lines the newest `keepLogs` stay. */
export function learn(state: State, event: TmEvent, keepLogs: number): void {
  const { atMs } = event;
  switch (event.type) {
    case 'run-started':
      state.run = event;
      for (const peer of event.peers) peerOf(state, peer);
      return;
    case 'test-described':
      state.described = event;
      for (const peer of event.peers) peerOf(state, peer.peer, peer);
      for (const { index, peer, command, atMs: plannedMs } of event.timeline.entries)
        state.commands[index] = { index, peer, command, origin: 'timeline', plannedMs };
      for (const expectation of event.expectations) state.expectations[expectation.id] = { expectation };
      return;
    case 'phase':
      state.phase = event.phase;
      return;
    case 'planned':
      if (event.plan.intent === 'apply') state.plan = event;
      return;
    case 'step-finished':
      state.steps.finished += 1;
      return;
    case 'step-failed':
      state.steps.failed += 1;
      return;
    case 'host-described':
      state.hosts.push(event);
      return;
    case 'bus-ready':
      state.bus = event;
      return;
    case 'peer-status': {
      const peer = peerOf(state, event.peer);
      const { status, missed, via, reportedAt } = event;
      peer.statuses.push({ atMs, status, missed, via, ...(reportedAt === undefined ? {} : { reportedAt }) });
      if (peer.life === 'waiting') peer.life = 'alive';
      return;
    }
    case 'log': {
      peerOf(state, event.peer).logs[event.level] += 1;
      const { seq, time, peer, level, message } = event;
      state.logs.push({ seq, atMs, time, peer, level, message });
      // Cut rarely, so that a flood is not copied for every line.
      if (state.logs.length > 2 * keepLogs) {
        const surplus = state.logs.length - keepLogs;
        state.logs.splice(0, surplus);
        state.forgottenLogs += surplus;
      }
      return;
    }
    case 'message-sent': {
      const { peer, command, origin, by } = event;
      state.messages.push({ peer, command, origin, sentAtMs: atMs, ...(by === undefined ? {} : { by }) });
      return;
    }
    case 'timeline-started':
      state.zeroMs = atMs;
      return;
    case 'timeline-ended':
      state.timelineEnded = event;
      return;
    case 'command-waiting':
      commandOf(state, event).waiting = event;
      return;
    case 'command-sent': {
      const command = commandOf(state, event);
      command.sentAtMs = atMs;
      command.dueMs = event.dueMs;
      command.sentMs = event.sentMs;
      return;
    }
    case 'command-taken': {
      const command =
        event.index !== undefined
          ? state.commands[event.index]
          : state.messages.find(
              (one) => one.takenAfterMs === undefined && one.peer === event.peer && one.command === event.command,
            );
      if (command !== undefined) command.takenAfterMs = event.afterMs;
      return;
    }
    case 'command-skipped':
      commandOf(state, event).skipped = event.because;
      return;
    case 'peer-died': {
      const peer = peerOf(state, event.peer);
      endSilence(peer, atMs);
      peer.life = 'died';
      peer.died = event;
      return;
    }
    case 'peer-exited': {
      const peer = peerOf(state, event.peer);
      endSilence(peer, atMs);
      peer.life = 'ended';
      peer.exited = event;
      return;
    }
    case 'peer-restarting': {
      const peer = peerOf(state, event.peer);
      endSilence(peer, atMs);
      peer.restarts.push(event);
      return;
    }
    case 'peer-silent':
      peerOf(state, event.peer).silences.push({ fromMs: atMs - event.forMs, lastAt: event.lastAt });
      state.notices.push({ atMs, text: `${event.peer} is silent for ${shortTime(event.forMs)}` });
      return;
    case 'peer-heard':
      endSilence(peerOf(state, event.peer), atMs);
      state.notices.push({ atMs, text: `${event.peer} is heard again` });
      return;
    case 'expectation-decided': {
      const facts = state.expectations[event.expectation];
      if (facts !== undefined) facts.decided = event;
      return;
    }
    case 'expectation-late': {
      const facts = state.expectations[event.expectation];
      if (facts !== undefined) facts.late = event;
      return;
    }
    case 'rule-decided':
      state.rules.push({ rule: event.rule, outcome: event.outcome, reasons: event.reasons });
      return;
    case 'evidence-saved':
      state.evidence.push(event);
      return;
    case 'warning':
      state.notices.push({ atMs, text: event.message, ...(event.hint === undefined ? {} : { hint: event.hint }) });
      return;
    case 'host-lost':
      state.notices.push({ atMs, text: `${event.host} is lost: ${event.because}` });
      return;
    case 'bus-lost':
      state.notices.push({ atMs, text: `Redis is lost: ${event.because}` });
      return;
    case 'bus-restored':
      state.notices.push({ atMs, text: 'Redis is back' });
      return;
    case 'hand-refused':
      state.notices.push({ atMs, text: `"${event.command}" was not sent to ${event.peer}: ${event.because}` });
      return;
    case 'stop-requested':
      state.stopping ??= event;
      return;
    case 'verdict':
      state.verdict = event;
      return;
    case 'run-ended':
      state.ended = event;
      return;
    default:
      // Steps under way are for the lists that draw them.
      return;
  }
}

function endSilence({ silences }: PeerState, atMs: number): void {
  const last = silences.at(-1);
  if (last !== undefined) last.toMs ??= atMs;
}

function commandOf(
  state: State,
  event: { readonly index: number; readonly peer: PeerName; readonly command: string },
): Writable<CommandFacts> {
  const { index, peer, command } = event;
  const known = state.commands[index];
  if (known !== undefined) return known;
  const fresh: Writable<CommandFacts> = { index, peer, command, origin: 'timeline' };
  state.commands[index] = fresh;
  return fresh;
}
