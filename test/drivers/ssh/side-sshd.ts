import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestHost } from '../../testbed/host.ts';
import { runCommand } from '../../testbed/run-command.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { until } from '../../testbed/until.ts';

type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SideSshdOptions {
  readonly port: number;
  /** Host keys to make, in the order in which the server offers them. */
  readonly keys: readonly KeyType[];
  /** More lines for sshd_config; the first of a name counts. */
  readonly config?: readonly string[];
}

/** A second SSH server on a host of the testbed. */
export interface SideSshd {
  readonly port: number;
  /** `[10.77.0.11]:2222`, as known_hosts names it. */
  readonly knownName: string;
  /** Type and base64 of each host key, as in known_hosts. */
  readonly publicKeys: Readonly<Record<KeyType, string>>;
  /** `SHA256:…` of each host key. */
  readonly fingerprints: Readonly<Record<KeyType, string>>;
  stop(): Promise<void>;
}

/** Starts an SSH server that lets in the keys of the testbed; it ends with the testbed at the latest. */
export async function startSideSshd(bed: Testbed, host: TestHost, options: SideSshdOptions): Promise<SideSshd> {
  const { port, keys, config = [] } = options;
  const dir = join(bed.dir, `side-sshd-${host.name}-${port}`);
  await mkdir(dir, { recursive: true });
  const publicKeys: Partial<Record<KeyType, string>> = {};
  const fingerprints: Partial<Record<KeyType, string>> = {};
  for (const type of keys) {
    const path = join(dir, type);
    await runCommand('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path]);
    publicKeys[type] = (await readFile(`${path}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
    fingerprints[type] = (await runCommand('ssh-keygen', ['-lf', `${path}.pub`])).split(' ')[1]!;
  }
  const pidFile = join(dir, 'pid');
  const lines = [
    ...config,
    ...[`Port ${port}`, ...keys.map((type) => `HostKey ${join(dir, type)}`), `PidFile ${pidFile}`],
    ...['UsePAM no', 'UseDNS no', 'StrictModes no', 'PermitRootLogin prohibit-password', 'PasswordAuthentication no'],
    ...['KbdInteractiveAuthentication no', `AuthorizedKeysFile ${join(bed.dir, 'authorized_keys')}`],
    ...(config.some((line) => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp internal-sftp']),
  ];
  await writeFile(join(dir, 'config'), `${lines.join('\n')}\n`);
  await host.run('/usr/sbin/sshd', ['-f', join(dir, 'config'), '-E', join(dir, 'log')]);
  const pidOf = () => readFile(pidFile, 'utf8').catch(() => '');
  await until(async () => (await pidOf()) !== '', { what: `sshd on port ${port}`, timeoutMs: 5000 });
  return {
    port,
    knownName: `[${host.address}]:${port}`,
    publicKeys: publicKeys as Record<KeyType, string>,
    fingerprints: fingerprints as Record<KeyType, string>,
    stop: async () => void (await host.run('kill', [(await pidOf()).trim()])),
  };
}
