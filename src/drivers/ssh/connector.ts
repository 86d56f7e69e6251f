import type { Duplex } from 'node:stream';
import { Secret } from '../../lib/secret.ts';
import { TmError } from '../../model/fault.ts';
import type { HostSpec } from '../../model/spec.ts';
import { SshConnection } from './connection.ts';
import type { DialContext, HostKeyQuestion } from './dial.ts';
import { KeyRing } from './key-ring.ts';
import { resolveTarget, type SshSurroundings } from './resolve-target.ts';
import { SshConfigFile } from './ssh-config-file.ts';
import { type SshTarget, showTarget } from './target.ts';

/** Questions that only a person can answer; leave them out where nobody is at a terminal. */
export interface SshQuestions {
  /** Is this the host's key? Yes adds it to known_hosts. */
  readonly confirmHostKey?: (question: HostKeyQuestion) => Promise<boolean>;
  /** The passphrase of a key file; undefined where they will not say. */
  readonly askPassphrase?: (keyPath: string) => Promise<Secret | undefined>;
}

/**
 * Makes SSH connections. They share key files, answers and jump hosts: a bastion is logged in to once, not once for each
 * host behind it. One question is asked at a time.
 */
export class SshConnector {
  readonly #surroundings: SshSurroundings;
  readonly #config: SshConfigFile;
  readonly #context: DialContext;
  readonly #jumps = new Map<string, { readonly connection: SshConnection; users: number }>();

  constructor(surroundings: SshSurroundings, questions: SshQuestions) {
    const { home, env } = surroundings;
    const { confirmHostKey, askPassphrase } = questions;
    const inTurn = oneAtATime();
    const given = env['TM_SSH_PASSPHRASE'];
    this.#surroundings = surroundings;
    this.#config = new SshConfigFile(home);
    this.#context = {
      home,
      ring: new KeyRing({
        ...(given ? { given: new Secret(given) } : {}),
        ...(askPassphrase === undefined ? {} : { ask: (path: string) => inTurn(() => askPassphrase(path)) }),
      }),
      ...(confirmHostKey === undefined ? {} : { confirmHostKey: askOnce((one) => inTurn(() => confirmHostKey(one))) }),
      jump: (target, signal) => this.#jump(target, signal),
    };
  }

  /** A connection that stands. Throws `unreachable` or `host-key`, naming the host. */
  async open(host: HostSpec, signal: AbortSignal): Promise<SshConnection> {
    const { name, address, connection: spec } = host;
    if (spec.kind !== 'ssh') throw new Error(`${name} is not reached over SSH`);
    const target = await resolveTarget(name, address, spec, this.#config, this.#surroundings);
    const connection = this.#connection(target);
    try {
      await connection.session(signal);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** A connection that is not open yet, and that lets go of its jump host when it is closed. */
  #connection(target: SshTarget): SshConnection {
    const { via } = target;
    if (via === undefined) return new SshConnection(target, this.#context);
    const key = routeOf(via);
    const jump = this.#jumps.get(key) ?? { connection: this.#connection(via), users: 0 };
    this.#jumps.set(key, jump);
    jump.users += 1;
    return new SshConnection(target, this.#context, () => {
      jump.users -= 1;
      if (jump.users > 0) return;
      this.#jumps.delete(key);
      void jump.connection.close();
    });
  }

  async #jump(target: SshTarget, signal: AbortSignal): Promise<Duplex> {
    const { host, via, address, port } = target;
    const jump = via === undefined ? undefined : this.#jumps.get(routeOf(via));
    if (via === undefined || jump === undefined) throw new Error(`${host} has no jump host`);
    try {
      return await jump.connection.openForwardTcp(address, port, signal);
    } catch (error) {
      if (error instanceof TmError || signal.aborted) throw error;
      const message = `${host} (${showTarget(target)}) cannot be reached from the jump host ${showTarget(via)}: ${(error as Error).message}`;
      throw new TmError({ kind: 'unreachable', what: 'host', host, message }, { cause: error });
    }
  }
}

/** Jump hosts that are reached in the same way are the same. */
const routeOf = (target: SshTarget): string =>
  target.via === undefined ? showTarget(target) : `${routeOf(target.via)} ${showTarget(target)}`;

/** Runs what it is given one after the other, each after the one before has ended, however it did. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}

/** Two host entries may stand for one machine: it is asked about once. */
function askOnce(
  ask: (question: HostKeyQuestion) => Promise<boolean>,
): (question: HostKeyQuestion) => Promise<boolean> {
  const answers = new Map<string, Promise<boolean>>();
  return (question) => {
    const key = `${question.address} ${question.fingerprint}`;
    const answer = answers.get(key) ?? ask(question);
    answers.set(key, answer);
    return answer;
  };
}
