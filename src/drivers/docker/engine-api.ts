import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import DockerModem from 'docker-modem';
import { TmError } from '../../model/fault.ts';
import { EngineAgent } from './engine-agent.ts';
import { EngineError } from './engine-error.ts';
import type { EngineTransport } from './engine-transport.ts';

/** One call of the Engine API. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without the version: `/containers/json`. */
  readonly path: string;
  /** Objects are sent as JSON, lists as repeated parameters. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it is, a tar. */
  readonly upload?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole answer, or the first byte of a stream. Default 60 s. */
  readonly timeoutMs?: number;
  /** It may be done twice without harm; so it is, once, after a connection broke. GET always is. */
  readonly repeatable?: boolean;
}

// docker-modem fails on every status that is not named here. 304: it was so already.
const successes = { 200: true, 201: true, 204: true, 304: true };
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * The Engine API of one engine. Throws EngineError where the engine refuses, TmError (`unreachable`) where it cannot be
 * talked to, and the signal's reason.
 */
export class EngineApi {
  readonly transport: EngineTransport;
  readonly #modem: DockerModem;
  readonly #agent: EngineAgent;

  /** `version`: as in `1.41`; without it each path stands for the engine's newest. */
  constructor(transport: EngineTransport, version?: string) {
    this.transport = transport;
    this.#agent = new EngineAgent(transport);
    // All that docker-modem would otherwise take from DOCKER_HOST and its like is said here. The agent ignores `socketPath`.
    this.#modem = new DockerModem({
      ...{ socketPath: '/engine', host: undefined, port: undefined, protocol: 'http', timeout: undefined },
      ...{ ca: undefined, cert: undefined, key: undefined, agent: this.#agent },
      ...(version === undefined ? {} : { version: `v${version}` }),
    });
  }

  /** The answer's JSON, undefined where it is empty. */
  async json<T>(request: EngineRequest, signal: AbortSignal): Promise<T> {
    const text = await this.#repeating(request, signal, (deadline) => this.#text(request, deadline));
    return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The answer as it comes. Its end is the caller's to bound; the signal ends it too. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<Readable> {
    return this.#repeating(request, signal, async (deadline) => {
      const response = await this.#dial(request, deadline.signal);
      deadline.lift();
      return response;
    });
  }

  /** Closes idle streams; those in use end with their requests. */
  close(): void {
    this.#agent.destroy();
  }

  async #repeating<T>(
    request: EngineRequest,
    signal: AbortSignal,
    attempt: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const mayRepeat = request.method === 'GET' || request.repeatable === true;
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      const deadline = new Deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      try {
        return await attempt(deadline);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (deadline.passed) throw this.#silent(request);
        if (error instanceof EngineError || error instanceof TmError) throw error;
        if (!mayRepeat || tries === 2) throw this.transport.explain(error as Error);
      } finally {
        deadline.lift();
      }
    }
  }

  async #text(request: EngineRequest, deadline: Deadline): Promise<string> {
    const response = await this.#dial(request, deadline.signal);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }

  /**
   * Always asks for a stream: docker-modem, when it collects an answer itself, waits for ever when the connection breaks
   * in the middle of it.
   */
  #dial(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, path, query = {}, body = {}, upload, headers = {} } = request;
    return new Promise((resolve, reject) => {
      const options = { _query: query, _body: body };
      this.#modem.dial(
        {
          ...{ method, path: `${path}?`, options, headers: { ...headers }, isStream: true },
          ...{ statusCodes: successes, abortSignal: signal },
          ...(upload === undefined ? {} : { file: upload }),
        },
        (error, result) => {
          if (error === null) resolve(result as IncomingMessage);
          else reject(refusal(error) ?? error);
        },
      );
    });
  }

  #silent({ timeoutMs = DEFAULT_TIMEOUT_MS }: EngineRequest): TmError {
    const { host, where } = this.transport;
    const message = `the Docker engine of ${where} did not answer within ${timeoutMs / 1000} s`;
    return new TmError({ kind: 'unreachable', what: 'docker', message, ...(host === undefined ? {} : { host }) });
  }
}

/** A time limit beside a caller's signal. */
class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(outer: AbortSignal, timeoutMs: number) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.#timer = setTimeout(() => this.#controller.abort(), timeoutMs);
  }

  get passed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Takes the time limit away; the caller's signal still counts. */
  lift(): void {
    clearTimeout(this.#timer);
  }
}

function refusal(error: Error): EngineError | undefined {
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode !== 'number') return undefined;
  const message = error.message.replace(/^\(HTTP code \d+\) .*? - /s, '').trim();
  return new EngineError(statusCode, message, { cause: error });
}
