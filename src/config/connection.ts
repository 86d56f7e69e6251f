import type { ConnectionSpec } from '../model/spec.ts';
import type { Draft } from './draft.ts';
import type { Host } from './test-config.generated.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/** Keys that say how to log in; a loopback address with one of them is meant to be reached over SSH. */
export const SSH_KEYS = ['ssh_user', 'ssh_auth', 'ssh_port', 'host_key'] as const satisfies readonly (keyof Host)[];

/** How a host is reached, as it says or as its address suggests. */
export function connectionKind(host: Draft<Host>): 'ssh' | 'local' {
  if (host.connection !== undefined) return host.connection;
  const wantsSsh = SSH_KEYS.some((key) => host[key] !== undefined);
  return LOOPBACK.has((host.address ?? '').toLowerCase()) && !wantsSsh ? 'local' : 'ssh';
}

/** The connection of a host; a path of a key keeps its `~`, since home is known only where it runs. */
export function connectionOf(host: Draft<Host>): ConnectionSpec {
  if (connectionKind(host) === 'local') return { kind: 'local' };
  const { ssh_user: user, ssh_auth: auth, ssh_port: port, host_key: key } = host;
  return {
    kind: 'ssh',
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(auth === undefined ? {} : { auth: auth === 'agent' ? { kind: 'agent' } : { kind: 'key', path: auth } }),
    ...(key === undefined ? {} : { hostKey: hostKeyOf(key) }),
  };
}

function hostKeyOf(key: string): NonNullable<Extract<ConnectionSpec, { kind: 'ssh' }>['hostKey']> {
  if (key === 'strict' || key === 'accept-new') return { kind: key };
  return { kind: 'fingerprint', sha256: key.replace(/^SHA256:/, '').replace(/=$/, '') };
}
