import type { EventBody, TmEvent } from '../model/event.ts';
import { type ExpectationOutcome, RULES, type Rule } from '../model/expectation.ts';
import type { PeerName } from '../model/names.ts';
import { parseStatus } from '../model/wire.ts';
import { FAILED_FAST, STOPPED } from './skip-reasons.ts';

/** A rule that was broken, in a sentence. */
export interface RuleFailure {
  readonly rule: Rule;
  readonly reason: string;
}

/** How far a run came: a rule about what it never came to is undecided. */
export interface Progress {
  /** All peers had reported a status. */
  readonly started: boolean;
  /** The timeline ran to its end, and nothing ended it early. */
  readonly timelineOver: boolean;
  /** The peers were told to stop, and waited for. */
  readonly shutDown: boolean;
}

export type RuleDecision = Extract<EventBody, { type: 'rule-decided' }>;

/** The rules that hold without being written, read off a run's events as they happen. */
export class Rulebook {
  readonly #deaths: { readonly peer: PeerName; readonly exitCode: number | undefined; readonly reason: string }[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #lostHosts = new Map<string, string>();
  /** Peers whose last status was `stopped`. */
  readonly #stopped = new Set<PeerName>();
  readonly #lastCommand = new Map<PeerName, { readonly command: string; readonly atMs: number }>();

  hear(event: TmEvent): void {
    switch (event.type) {
      case 'command-sent':
        this.#lastCommand.set(event.peer, { command: event.command, atMs: event.atMs });
        return;
      case 'peer-status':
        if (parseStatus(event.status).word === 'stopped') this.#stopped.add(event.peer);
        else this.#stopped.delete(event.peer);
        return;
      case 'peer-died': {
        const { peer, exitCode } = event;
        const though = this.#stopped.has(peer) ? ', though it had reported stopped' : '';
        this.#deaths.push({
          peer,
          exitCode,
          reason: `${peer} died: ${deathText(event)}${this.#since(event)}${though}`,
        });
        return;
      }
      case 'command-skipped':
        if (event.because !== STOPPED && event.because !== FAILED_FAST) {
          const text = `${event.peer} was not sent "${event.command}": ${event.because}`;
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

  /** A rule is broken already: a peer died that no expectation wanted to, a host is lost, a command could not be sent. */
  hasFailure(excused: (peer: PeerName, exitCode: number | undefined) => boolean): boolean {
    const died = this.#deaths.some(({ peer, exitCode }) => !excused(peer, exitCode));
    return died || this.#lostHosts.size > 0 || this.#skipped.size > 0;
  }

  /** A peer has died, and no expectation wanted it to. */
  diedUnbidden(peer: PeerName, excused: (peer: PeerName, exitCode: number | undefined) => boolean): boolean {
    return this.#deaths.some((death) => death.peer === peer && !excused(peer, death.exitCode));
  }

  /** Every rule with its outcome. `failures` are what the phases of the run found broken. */
  decide(
    failures: readonly RuleFailure[],
    progress: Progress,
    excused: (peer: PeerName, exitCode: number | undefined) => boolean,
  ): readonly RuleDecision[] {
    const found: Record<Rule, readonly string[]> = {
      started: [],
      alive: [
        ...this.#deaths.filter(({ peer, exitCode }) => !excused(peer, exitCode)).map(({ reason }) => reason),
        ...[...this.#lostHosts].map(([host, because]) => `${host} was lost during the run: ${because}`),
      ],
      taken: [...this.#skipped].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text)),
      stopped: [],
    };
    const reached: Record<Rule, boolean> = {
      started: progress.started,
      alive: progress.timelineOver && progress.shutDown,
      taken: progress.timelineOver && progress.shutDown,
      stopped: progress.shutDown,
    };
    return RULES.map((rule) => {
      const reasons = [...found[rule], ...failures.filter((one) => one.rule === rule).map(({ reason }) => reason)];
      const outcome: ExpectationOutcome = reasons.length > 0 ? 'unmet' : reached[rule] ? 'met' : 'undecided';
      return { type: 'rule-decided', rule, outcome, reasons };
    });
  }

  #since(event: { readonly peer: PeerName; readonly atMs: number }): string {
    const last = this.#lastCommand.get(event.peer);
    return last === undefined ? '' : `, ${ago(event.atMs - last.atMs)} after "${last.command}"`;
  }
}

/** `165 ms`, `6.9 s`. */
const ago = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** `exited with 137 (out of memory)`. */
function deathText(event: Extract<EventBody, { type: 'peer-died' }>): string {
  const code = event.exitCode === undefined ? 'ended' : `exited with ${event.exitCode}`;
  return event.oomKilled ? `${code} (out of memory)` : code;
}
