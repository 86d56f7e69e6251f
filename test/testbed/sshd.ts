import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Capsule } from './capsule.ts';
import { type Daemon, daemonIn } from './daemon.ts';
import { makeKey } from './keys.ts';

export interface SshdOptions {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly authorizedKeysPath: string;
  readonly streamLocalForwarding: boolean;
  readonly maxSessions: number;
}

/** An SSH server with a host key of its own; `knownHost` is its line for a known_hosts file. */
export async function sshdIn(capsule: Capsule, options: SshdOptions): Promise<Daemon & { knownHost: string }> {
  const hostKey = join(capsule.dir, 'ssh_host_ed25519_key');
  const configFile = join(capsule.dir, 'sshd_config');
  const publicKey = await makeKey(hostKey, '', options.name);
  await writeFile(configFile, configText(hostKey, options));
  const where = options.port === 22 ? options.address : `[${options.address}]:${options.port}`;
  const daemon = daemonIn(capsule, {
    name: `sshd of ${options.name}`,
    // sshd insists on an absolute path, as it runs itself again for each connection.
    command: '/usr/sbin/sshd',
    args: ['-D', '-e', '-f', configFile],
    logFile: join(capsule.dir, 'sshd.log'),
    isReady: () => greets(options.address, options.port),
    startTimeoutMs: 15_000,
    ends: 'tree',
  });
  return { ...daemon, knownHost: `${where} ${publicKey.split(' ').slice(0, 2).join(' ')}\n` };
}

/** OpenSSH's defaults, but for what a machine without PAM, and keys outside of a home, ask for. */
function configText(hostKey: string, options: SshdOptions): string {
  return [
    `Port ${options.port}`,
    `HostKey ${hostKey}`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `AuthorizedKeysFile ${options.authorizedKeysPath}`,
    `AllowStreamLocalForwarding ${options.streamLocalForwarding ? 'yes' : 'no'}`,
    `MaxSessions ${options.maxSessions}`,
    'PrintMotd no',
    'PrintLastLog no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/** True when an SSH server introduces itself there; an open port alone may still be on its way down. */
function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => settle(data.toString('latin1').startsWith('SSH-')));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
