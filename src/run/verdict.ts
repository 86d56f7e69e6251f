import type { EventBody, TmEvent, Verdict } from '../model/event.ts';
import type { Fault } from '../model/fault.ts';
import type { PeerName } from '../model/names.ts';

/** Why a run did not pass, read off its events as they happen. */
export class Evidence {
  readonly #deaths: string[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #lostHosts = new Map<string, string>();
  readonly #lastCommand = new Map<PeerName, { readonly command: string; readonly atMs: number }>();

  hear(event: TmEvent): void {
    switch (event.type) {
      case 'command-sent':
        this.#lastCommand.set(event.peer, { command: event.command, atMs: event.atMs });
        return;
      case 'peer-died':
        this.#deaths.push(`${event.peer} died: ${deathText(event)}${this.#since(event)}`);
        return;
      case 'command-skipped':
        if (event.because !== STOPPED) {
          const text = `${event.peer} could not be sent "${event.command}": ${event.because}`;
          this.#skipped.set(text, (this.#skipped.get(text) ?? 0) + 1);
        }
        return;
      case 'host-lost':
        this.#lostHosts.set(event.host, event.because);
        return;
      default:
        return;
    }
  }

  /** Sentences, the most telling first. */
  reasons(): readonly string[] {
    return [
      ...this.#deaths,
      ...[...this.#lostHosts].map(([host, because]) => `${host} was lost during the run: ${because}`),
      ...[...this.#skipped].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text)),
    ];
  }

  #since(event: { readonly peer: PeerName; readonly atMs: number }): string {
    const last = this.#lastCommand.get(event.peer);
    return last === undefined ? '' : ` ${ago(event.atMs - last.atMs)} after "${last.command}"`;
  }
}

/** `165 ms`, `6.9 s`. */
const ago = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Why commands are skipped when a person ends the run: no fault of the test. */
export const STOPPED = 'the run was stopped';

/** `exited with 137 (out of memory)`. */
function deathText(event: Extract<EventBody, { type: 'peer-died' }>): string {
  const code = event.exitCode === undefined ? 'ended' : `exited with ${event.exitCode}`;
  return event.oomKilled ? `${code} (out of memory)` : code;
}

/** What ended a run early, besides its evidence. */
export interface Ending {
  readonly stoppedBy?: string;
  /** Reasons that are the peers': a startup or shutdown that took too long. */
  readonly failures: readonly string[];
  /** Reasons that are not: a host, an engine, Redis, a lock. */
  readonly faults: readonly Fault[];
}

/** The run's answer. An interruption explains everything behind it; a fault of ours is told before a failure of the test. */
export function verdictOf(ending: Ending, evidence: Evidence): Verdict {
  const reasons = [...evidence.reasons(), ...ending.failures];
  const faults = ending.faults.filter((fault) => fault.kind !== 'aborted');
  if (ending.stoppedBy !== undefined) return { kind: 'interrupted', by: ending.stoppedBy, reasons };
  if (faults.length > 0) return { kind: 'errored', faults };
  return reasons.length > 0 ? { kind: 'failed', reasons } : { kind: 'passed' };
}

/** Exit codes of `tm`; 2 belongs to `plan --detailed-exitcode` alone. */
export function exitCodeOf(verdict: Verdict): number {
  switch (verdict.kind) {
    case 'passed':
      return 0;
    case 'failed':
      return 1;
    case 'interrupted':
      return verdict.by === 'SIGINT' ? 130 : 143;
    case 'errored':
      return Math.max(...verdict.faults.map(exitCodeOfFault));
  }
}

/** The exit code that tells what kind of fault it was. */
export function exitCodeOfFault(fault: Fault): number {
  switch (fault.kind) {
    case 'config':
    case 'usage':
      return 3;
    case 'unreachable':
    case 'host-key':
      return 4;
    case 'locked':
      return 5;
    default:
      return 1;
  }
}
