import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import { connectionKind, SSH_KEYS } from './connection.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import type { Host, TestConfig } from './test-config.generated.ts';

/** Keys of a host that do not go together. */
export function* checkHosts(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  for (const [index, host] of (draft.hosts ?? []).entries()) {
    if (host !== undefined) yield* checkHost(host, index, context);
  }
}

function* checkHost(host: Draft<Host>, index: number, { locate }: Context): Generator<ConfigFault> {
  const at = (key: keyof Host, part: 'key' | 'value' = 'value') => locate(['hosts', index, key], part);
  const port = /^[^:]+:(\d+)$/.exec(host.address ?? '');
  if (port !== null) {
    yield error(at('address'), 'bad-format', 'an address has no port', `write \`ssh_port: ${port[1]}\``);
  }
  const local = connectionKind(host) === 'local';
  if (host.runtime === 'process' && !local && host.address !== undefined) {
    const suggestion = 'write `connection: local` if it is this machine, or leave `runtime` out to use Docker there';
    yield error(
      at('runtime'),
      'remote-process',
      'processes run only on this machine, and this host is reached over SSH',
      suggestion,
    );
  }
  for (const key of SSH_KEYS) {
    if (local && host[key] !== undefined) {
      yield warning(at(key, 'key'), 'unused-key', `\`${key}\` does nothing: the connection is local`, 'remove it');
    }
  }
  if (host.runtime === 'process' && host.docker_host !== undefined) {
    yield warning(
      at('docker_host', 'key'),
      'unused-key',
      '`docker_host` does nothing: peers here are processes',
      'remove it',
    );
  }
  const auth = host.ssh_auth ?? 'agent';
  if (auth !== 'agent' && !/[/.~]/.test(auth) && closest(auth, ['agent']) !== undefined) {
    yield warning(at('ssh_auth'), 'odd-key-path', `"${auth}" is taken as the path of a key`, 'did you mean "agent"?');
  }
}
