import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { type DialContext, dial, explainDial, type Session } from './dial.ts';
import { LazyDuplex } from './lazy-duplex.ts';
import { Preamble } from './preamble.ts';
import { shellQuote } from './shell-quote.ts';
import { isTransportFault, unreachable } from './ssh-fault.ts';
import type { SshTarget } from './target.ts';
import { within } from './within.ts';

/** Waits before each attempt of a first connection: a server may just be starting, or have too many at its door. */
const FIRST_ATTEMPTS_MS = [0, 300, 1000];
/** The same for one that stood and broke. */
const AGAIN_ATTEMPTS_MS = [0, 500, 1000, 2000, 4000];
/** For the server to open a channel. */
const CHANNEL_TIMEOUT_MS = 15_000;

/** What a command that ended has left. */
export interface ExecResult {
  /** Undefined where a signal ended it. */
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended before its stream was done with. */
export class ExecError extends Error {
  readonly code: number | undefined;
  /** What stood on stdout, where its own output never began and nothing says that it failed: the login shell's words, most likely. */
  readonly instead: string | undefined;

  constructor(code: number | undefined, stderr: string, instead?: string) {
    super(stderr.trim() || instead || `it ended with ${code ?? 'a signal'}`);
    this.name = 'ExecError';
    this.code = code;
    this.instead = instead;
  }
}

/**
 * One SSH connection to one host. When it breaks, the next call makes it anew; what was under way is lost with it.
 * Faults are TmErrors (`unreachable`, `host-key`).
 */
export class SshConnection implements AsyncDisposable {
  readonly target: SshTarget;
  readonly #context: DialContext;
  readonly #closing = new AbortController();
  readonly #onClose: () => void;
  #session: Promise<Session> | undefined;
  #sftp: { readonly client: Client; readonly wrapper: Promise<SFTPWrapper> } | undefined;
  #wasOpen = false;

  /** Nothing is opened yet. `onClose` is called once, after `close`. */
  constructor(target: SshTarget, context: DialContext, onClose: () => void = () => {}) {
    this.target = target;
    this.#context = context;
    this.#onClose = onClose;
  }

  /** The session that stands, or a new one. */
  async session(signal?: AbortSignal): Promise<Session> {
    this.#session ??= this.#open();
    // Dialling bounds itself, and questions to a person may take their time.
    return within(this.#session, undefined, signal);
  }

  /** A stream to a Unix socket there. */
  forward(socketPath: string): Duplex {
    return new LazyDuplex(() => this.openForward(socketPath));
  }

  /** The same, once it is open. Rejects with ssh2's error where the server refuses it. */
  async openForward(socketPath: string): Promise<Duplex> {
    return this.#channel((client, done) => client.openssh_forwardOutStreamLocal(socketPath, done));
  }

  /** A stream to a TCP port as seen from there. */
  async openForwardTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return this.#channel((client, done) => client.forwardOut('127.0.0.1', 0, host, port, done), signal);
  }

  /**
   * The stdin and stdout of a command there. Where that ends with a failure, so does the stream: with an ExecError. What the login shell
   * prints before is left out where it is known how the command's own output `begins`.
   */
  execStream(argv: readonly string[], { begins }: { readonly begins?: RegExp } = {}): Duplex {
    const preamble = begins === undefined ? undefined : new Preamble(begins);
    const open = async () => {
      const channel = await this.#exec(argv);
      const stderr = collected(channel.stderr);
      // It may end when nobody is left to hear of it.
      channel.on('error', () => {});
      // `close` has the exit code too; `exit` may have come and gone before anybody could listen.
      channel.on('close', (code: number | null | undefined) => {
        const hasBegun = preamble === undefined || preamble.isOver;
        if (code === 0 && hasBegun) return;
        // A command that fails says so on stderr; otherwise it was not the command that ended.
        const instead = hasBegun || (code !== 0 && stderr().trim() !== '') ? undefined : preamble.text;
        channel.emit('error', new ExecError(code ?? undefined, stderr(), instead));
      });
      return channel;
    };
    return new LazyDuplex(open, { endsOn: 'close', ...(preamble === undefined ? {} : { preamble }) });
  }

  /** Runs a command there to its end. */
  async exec(argv: readonly string[], signal?: AbortSignal): Promise<ExecResult> {
    const channel = await this.#exec(argv, signal);
    const stdout = collected(channel);
    const stderr = collected(channel.stderr);
    const ended = new Promise<number | undefined>((resolve) => {
      channel.once('close', (code: number | null | undefined) => resolve(code ?? undefined));
    });
    const late = () => unreachable(this.target, `did not end \`${shellQuote(argv)}\` in time`);
    try {
      const code = await within(ended, { ms: 4 * CHANNEL_TIMEOUT_MS, late }, signal);
      return { stdout: stdout(), stderr: stderr(), ...(code === undefined ? {} : { code }) };
    } finally {
      channel.destroy();
    }
  }

  /** The connection's one SFTP channel. Rejects where the server has no such subsystem. */
  async sftp(signal?: AbortSignal): Promise<SFTPWrapper> {
    const { client } = await this.session(signal);
    if (this.#sftp?.client !== client) {
      const wrapper = new Promise<SFTPWrapper>((resolve, reject) => {
        client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
      });
      this.#sftp = { client, wrapper };
    }
    const late = () => new Error('SFTP does not answer');
    return within(this.#sftp.wrapper, { ms: CHANNEL_TIMEOUT_MS, late }, signal);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error(`the connection to ${this.target.host} was closed`));
    // Not waited for: somebody may still be thinking about an answer that is no longer needed.
    this.#session?.then(
      ({ client }) => client.end(),
      () => {},
    );
    this.#onClose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): Promise<Session> {
    const opening = this.#dial();
    const forget = () => {
      if (this.#session === opening) this.#session = undefined;
    };
    opening.then((session) => session.client.once('close', forget), forget);
    return opening;
  }

  async #dial(): Promise<Session> {
    const { signal } = this.#closing;
    const waits = this.#wasOpen ? AGAIN_ATTEMPTS_MS : FIRST_ATTEMPTS_MS;
    let failure: unknown;
    for (const wait of waits) {
      try {
        await pause(wait, undefined, { signal });
        const session = await dial(this.target, this.#context, signal);
        this.#wasOpen = true;
        return session;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        failure = explainDial(this.target, error);
        if (!isTransportFault(error)) break;
      }
    }
    throw failure;
  }

  #exec(argv: readonly string[], signal?: AbortSignal): Promise<ClientChannel> {
    return this.#channel((client, done) => client.exec(shellQuote(argv), done), signal);
  }

  async #channel(
    open: (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    signal?: AbortSignal,
  ): Promise<ClientChannel> {
    const { client } = await this.session(signal);
    const opening = new Promise<ClientChannel>((resolve, reject) => {
      open(client, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
    const late = () => unreachable(this.target, `opened no channel within ${CHANNEL_TIMEOUT_MS / 1000} s`);
    try {
      return await within(opening, { ms: CHANNEL_TIMEOUT_MS, late }, signal);
    } catch (error) {
      opening.then(
        (channel) => channel.destroy(),
        () => {},
      );
      throw error;
    }
  }
}

const MAX_COLLECTED = 64 * 1024;

/** Reads a stream to its end, and gives what has come so far, at most 64 KiB of it. */
function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MAX_COLLECTED) text += chunk.toString('utf8');
  });
  return () => text;
}
