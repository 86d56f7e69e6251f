import { TmError } from '../../model/fault.ts';

/** Where an engine listens. */
export type EngineAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean };

const HINT = 'it looks like unix:///var/run/docker.sock or tcp://127.0.0.1:2375';

/**
 * Reads what DOCKER_HOST or a host's `docker_host` says. `source` names it in faults.
 * An `ssh://` one is refused: that is what `connection: ssh` is for, which checks host keys.
 */
export function parseEngineAddress(
  text: string,
  source: string,
  options: { readonly tls?: boolean } = {},
): EngineAddress {
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const unix = /^unix:\/\/(\/.+)$/.exec(text);
  if (unix?.[1] !== undefined) return { kind: 'unix', path: unix[1] };
  if (text.startsWith('ssh://')) {
    const message = `${source} is ${text}, and tm does not reach an engine that way`;
    const hint = 'give the host `connection: ssh` instead, or point DOCKER_HOST at a local engine';
    throw new TmError({ kind: 'unreachable', what: 'docker', message, hint });
  }
  // As http: of its own accord, a URL of another scheme may have no host at all.
  const http = text.replace(/^tcp:/, 'http:');
  const url = /^https?:\/\//.test(http) && URL.canParse(http) ? new URL(http) : undefined;
  if (url === undefined) {
    throw new TmError({
      kind: 'unreachable',
      what: 'docker',
      message: `${source} cannot be read: ${text}`,
      hint: HINT,
    });
  }
  const tls = options.tls === true || text.startsWith('https:') || url.port === '2376';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'tcp', host, port: url.port === '' ? (tls ? 2376 : 2375) : Number(url.port), tls };
}

/** As a person would write it. */
export const showEngineAddress = (address: EngineAddress): string =>
  address.kind === 'unix' ? address.path : `tcp://${address.host}:${address.port}`;
