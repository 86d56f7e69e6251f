import { TmError } from '../../model/fault.ts';
import type { EngineTransport } from './engine-transport.ts';

/** The engine answered, and the answer is a refusal. `message` is the engine's own. */
export class EngineError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'EngineError';
    this.statusCode = statusCode;
  }
}

/** Whether the engine answered with this status. */
export const isStatus = (error: unknown, statusCode: number): error is EngineError =>
  error instanceof EngineError && error.statusCode === statusCode;

/** What people can do about what engines say, by a piece of what they say. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /port is already allocated|address already in use/i,
    'another container or program has the port: give base_port another value, or see `docker ps` there',
  ],
  [/no such image/i, 'is its name right, and has it been pulled or built on the control machine?'],
  [/no space left on device/i, 'make room there: docker system df, docker system prune'],
  [
    /executable file not found|no such file or directory: unknown/i,
    'the image has no such program: look at `command` of the peer',
  ],
  [/exec format error/i, 'the image is made for another architecture'],
  [/toomanyrequests|rate limit/i, 'log in to the registry (docker login), or wait'],
  [
    /unauthorized|authentication required|no basic auth|access denied|access to the resource is denied/i,
    'log in to the registry: docker login',
  ],
  [/manifest unknown|not found: manifest|repository does not exist/i, 'is the name and the tag of the image right?'],
  [/image is being used|image is referenced|conflict: unable to/i, 'a container still uses it: docker ps --all'],
  [
    /network is unreachable|no such host|i\/o timeout|connection refused|Client\.Timeout/i,
    'can that machine reach the registry?',
  ],
  [/minimum memory limit|range of CPUs/i, 'change `memory` or `cpus` of the peer'],
];

/** Anything thrown by a request as an error for people; `doing` begins the sentence: `could not start tm-alice`. */
export function explainEngineError(error: unknown, doing: string, at: EngineTransport): unknown {
  if (!(error instanceof EngineError)) return error;
  const said = withoutNoise(error.message.trim());
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1];
  return new TmError(
    {
      kind: 'failed',
      message: `${doing} on ${at.where}: ${said}`,
      ...(at.host === undefined ? {} : { host: at.host }),
      ...(hint === undefined ? {} : { hint }),
    },
    { cause: error },
  );
}

/** An engine's message without the names of its own parts, which mean nothing to people. */
const withoutNoise = (message: string): string =>
  message
    .replace(/driver failed programming external connectivity on endpoint \S+( \([0-9a-f]{64}\))?: /, '')
    .replace(/Error response from daemon: /, '');
