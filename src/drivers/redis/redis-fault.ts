import { TmError } from '../../model/fault.ts';
import type { RedisEndpoint } from './redis-url.ts';

/** The server answered a command with an error. Unlike the client library's error it does not carry the command, which may hold a password. */
export class RedisReplyError extends Error {
  override readonly name = 'RedisReplyError';
}

/** The connection ended, or never came about; what was under way may or may not have been done. `code` is the system's, such as `ECONNREFUSED`. */
export class RedisLinkLost extends Error {
  override readonly name = 'RedisLinkLost';
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

interface Explanation {
  readonly says: RegExp;
  readonly message: (endpoint: RedisEndpoint) => string;
  readonly hint?: (endpoint: RedisEndpoint) => string;
}

/** What servers and sockets say, and what it means to a person; the first that fits counts. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    says: /ECONNREFUSED/,
    message: ({ display }) => `${display} refuses the connection`,
    hint: ({ port }) => `is Redis running there, and does it listen on that address? Try: redis-cli -p ${port} ping`,
  },
  {
    says: /ENOTFOUND|EAI_AGAIN/,
    message: ({ host }) => `no address is known for the Redis host ${host}`,
    hint: () => 'check the host name in the Redis URL',
  },
  {
    says: /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|no answer/,
    message: ({ display }) => `${display} does not answer`,
    hint: ({ tls }) =>
      tls
        ? 'does that port speak TLS? If not, use redis://'
        : 'is the address right, and does a firewall let the port through?',
  },
  {
    says: /WRONGPASS|invalid password|invalid username/i,
    message: ({ display }) => `${display} refuses the user or the password`,
    hint: () => 'check both in the Redis URL; special characters are written as %XX there',
  },
  {
    says: /called without any password|no password is set/i,
    message: ({ display }) => `${display} has no password, but one was given`,
    hint: () => 'leave the password out of the Redis URL: peers would be refused with it too',
  },
  {
    says: /NOAUTH/,
    message: ({ display }) => `${display} asks for a password`,
    hint: ({ host, port }) => `give it in the URL: redis://:password@${host}:${port}`,
  },
  {
    says: /DENIED/,
    message: ({ display }) => `${display} is in protected mode and takes connections only from its own machine`,
    hint: () => 'give it a password (requirepass), or a bind address',
  },
  {
    says: /DB index is out of range|invalid DB index/i,
    message: ({ host, port, database }) => `the Redis at ${host}:${port} has no database ${database}`,
    hint: () => 'most have 0 to 15',
  },
  {
    says: /EPROTO|wrong version number|packet length too long|ERR_SSL/i,
    message: ({ display }) => `${display} does not speak TLS`,
    hint: () => 'use redis:// instead of rediss://',
  },
  {
    says: /SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS/,
    message: ({ display }) => `the certificate of ${display} is not trusted`,
    hint: () => 'name the file of its authority in NODE_EXTRA_CA_CERTS',
  },
  {
    says: /Unknown RESP|protocol error|Unexpected/i,
    message: ({ display }) => `what answers at ${display} is not Redis`,
    hint: () => 'check the port',
  },
  {
    says: /LOADING/,
    message: ({ display }) => `${display} is still loading its data`,
    hint: () => 'try again when it is done',
  },
  {
    says: /closed|ECONNRESET|EPIPE/i,
    message: ({ display }) => `${display} closed the connection`,
    hint: ({ tls }) =>
      tls ? 'is it Redis, and does it have a TLS port?' : 'is it Redis? For a TLS port use rediss://',
  },
];

/** What kept us from a Redis, as a fault of kind `unreachable` that a person can act on. It never holds a password. */
export function redisUnreachable(error: unknown, endpoint: RedisEndpoint): TmError {
  if (error instanceof TmError) return error;
  const { text, cause } = told(error);
  const explanation = EXPLANATIONS.find(({ says }) => says.test(text));
  return new TmError(
    {
      kind: 'unreachable',
      what: 'redis',
      message: explanation?.message(endpoint) ?? `${endpoint.display} cannot be used: ${text}`,
      ...(explanation?.hint === undefined ? {} : { hint: explanation.hint(endpoint) }),
    },
    { cause },
  );
}

/** An error that Redis gave to one of our commands. */
export function redisRefused(what: string, error: unknown): TmError {
  if (error instanceof TmError) return error;
  const { text, cause } = told(error);
  return new TmError({ kind: 'failed', message: `Redis refused ${what}: ${text}` }, { cause });
}

function told(error: unknown): { readonly text: string; readonly cause: unknown } {
  if (error instanceof RedisLinkLost) return { text: [error.code, error.message].join(' ').trim(), cause: error };
  if (error instanceof Error) return { text: error.message, cause: error };
  return { text: String(error), cause: error };
}
