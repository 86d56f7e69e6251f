import { toFault } from '../../model/fault.ts';
import type { HostName, PeerName } from '../../model/names.ts';
import { parseStatus, RESTART_EXIT_CODE } from '../../model/wire.ts';
import type { ContainerExit } from '../../ports/containers.ts';
import type { Session } from '../session.ts';

/** Milliseconds that a dead peer's last status, and the last lines of its output, may take before it is called dead without them. */
const LAST_WORDS_MS = 300;
/** Milliseconds for the lines that it wrote right before its end: a flood of them is told first, so that what they say counts. */
const LAST_LINES_MS = 5_000;
/** How many lines of its output are shown with a death. */
const LAST_LINES = 10;

/** What a judgement needs of those who listen. */
export interface Hearing {
  /** Everything that peers wrote so far has been told. */
  readonly drain: () => Promise<boolean>;
  /** Resolves while Redis can be heard, or is gone for good. */
  readonly heard: () => Promise<void>;
  /** The container is about to be started again: its next end is another one. */
  readonly restarts: () => void;
  readonly signal: AbortSignal;
}

/**
 * Says what the end of a peer's container means: it reported `stopped` and ended with 0, it wants to be started again (42), or it died.
 * Its last words come first: the engine often reports an end before Redis has told the `stopped` that preceded it.
 */
export async function judgeExit(
  session: Session,
  host: HostName,
  peer: PeerName,
  exit: ContainerExit,
  hearing: Hearing,
): Promise<void> {
  const { recorder, board } = session;
  const { drain, heard, signal } = hearing;
  const state = board.peers.get(peer);
  if (state === undefined || state.life !== 'alive') return;
  if (exit.exitCode === RESTART_EXIT_CODE) return restart(session, host, peer, exit, hearing);
  session.judging.ended(peer, exit);
  const output = within(session, lastOutput(session, host, exit.id, signal), 2 * LAST_WORDS_MS);
  await heard();
  const stopped = await hasStopped(session, peer);
  // Nobody waits to be told of an end that was announced: what it wrote before counts, however much that is.
  if (stopped) await drain();
  else await within(session, drain(), LAST_LINES_MS);
  const exitCode = exit.exitCode === undefined ? {} : { exitCode: exit.exitCode };
  if ((exit.exitCode ?? 0) === 0 && (stopped || (await hasStopped(session, peer)))) {
    board.gone(peer, 'ended');
    recorder.emit({ type: 'peer-exited', peer, host, ...exitCode });
    return;
  }
  const lastLines = await output;
  const workload = session.request.desired.peers.find((desired) => desired.peer === peer)?.workload;
  const memoryBytes = workload?.kind === 'container' ? workload.memoryBytes : undefined;
  recorder.emit({
    type: 'peer-died',
    peer,
    host,
    ...exitCode,
    oomKilled: exit.oomKilled,
    lastLines: lastLines ?? [],
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });
  board.gone(peer, 'died');
}

/** Starts it again after its delay; when the test ends first, it is down already and nobody needs it again. */
async function restart(
  session: Session,
  host: HostName,
  peer: PeerName,
  exit: ContainerExit,
  { restarts, signal }: Hearing,
): Promise<void> {
  const { recorder, board, world } = session;
  const { containers } = session.fleet.host(host);
  const ended = () => {
    board.gone(peer, 'ended');
    recorder.emit({ type: 'peer-exited', peer, host, exitCode: RESTART_EXIT_CODE });
  };
  if (session.shuttingDown) return ended();
  try {
    const written = await containers.restartDelay(exit.id, signal);
    const seconds = written ?? board.peers.get(peer)?.restartSeconds ?? 0;
    recorder.emit({ type: 'peer-restarting', peer, delayMs: seconds * 1000 });
    const due = world.clock.now() + seconds * 1000;
    const outcome = await board.until(() => session.shuttingDown, world.clock, due, signal);
    if (outcome !== 'timeout') return ended();
    // Said before: it may end again before the engine has answered.
    restarts();
    await containers.restart(exit.id, signal);
  } catch (error) {
    if (signal.aborted) return;
    const because = `could not be started again: ${toFault(error).message}`;
    recorder.emit({
      type: 'peer-died',
      peer,
      host,
      exitCode: RESTART_EXIT_CODE,
      oomKilled: false,
      lastLines: [because],
    });
    board.gone(peer, 'died');
  }
}

async function hasStopped(session: Session, peer: PeerName): Promise<boolean> {
  const told = session.board.peers.get(peer)?.status?.word;
  if (told === 'stopped') return true;
  const { bus } = session;
  if (bus === undefined) return false;
  const patience = new AbortController();
  const status = await within(session, bus.status(peer, patience.signal), LAST_WORDS_MS);
  patience.abort();
  return status !== undefined && parseStatus(status).word === 'stopped';
}

async function lastOutput(session: Session, host: HostName, id: string, signal: AbortSignal): Promise<string[]> {
  let text = '';
  for await (const piece of session.fleet.host(host).containers.output(id, { tailLines: LAST_LINES }, signal))
    text += piece;
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES);
}

/** The promise's value, or undefined after `ms` or when it rejects. */
async function within<T>(session: Session, promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { clock } = session.world;
  const timer = new AbortController();
  const late = clock.sleepUntil(clock.now() + ms, timer.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise.catch(() => undefined), late]);
  } finally {
    timer.abort();
  }
}
